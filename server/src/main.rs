//! `nfcgate`: one binary for serving, setting up and looking after the product.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

/// A request makes and frees some fifty small values on whichever thread is free; this allocator is
/// made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(cli::Failure::from)
        .and_then(|runtime| runtime.block_on(cli::run(cli::Cli::parse())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("nfcgate: {failure}");
            let mut cause = std::error::Error::source(&*failure);
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}
