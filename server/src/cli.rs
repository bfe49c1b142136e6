//! The command line: what can be asked of the binary.

mod provision;
mod simulate;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::keys::IpRule;
use secrecy::ExposeSecret as _;
use server::{
    admin,
    app::App,
    audit::{Actor, AuditContext},
    clock::Clock,
    config::{Config, Mode},
    demo, gates, http, installation, journeys, keys, limits, mail, oauth,
    random::Random,
    realms,
    store::bare,
    traffic, usage,
    webhooks::{dispatch, purge},
};
use tokio::net::TcpListener;

/// Whatever stops a command, with its causes.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// NFC Gate Open API: developer portal, public API and all that stands behind them.
#[derive(Debug, Parser)]
#[command(name = "nfcgate", version, about)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// What any command may be told; the rest is in the configuration file.
#[derive(Debug, Args)]
struct Settings {
    /// Configuration file (TOML).
    #[arg(long, global = true, env = "NFCGATE_CONFIG")]
    config: Option<PathBuf>,
    /// Address to serve on.
    #[arg(long, global = true, env = "NFCGATE_LISTEN")]
    listen: Option<SocketAddr>,
    /// Folder for databases, mails and demo credentials.
    #[arg(long, global = true, env = "NFCGATE_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Network (CIDR) that webhooks may go to although it is not public; may be given again.
    #[arg(long, global = true, value_name = "CIDR", value_parser = network)]
    webhook_allow: Vec<IpRule>,
}

fn network(text: &str) -> Result<IpRule, String> {
    text.parse().map_err(|_| "neither an IP address nor a network such as 10.1.0.0/16".to_owned())
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal and the API.
    Serve {
        /// With demo partners whose figures come from real calls, and a clock that may be moved.
        #[arg(long, overrides_with = "no_demo")]
        demo: bool,
        /// Without demo data (the default).
        #[arg(long)]
        no_demo: bool,
    },
    /// Bring both databases up to date and stop.
    Migrate,
    /// Fill an empty installation with the demo and stop.
    Seed,
    /// Look after the operator's own people.
    #[command(subcommand)]
    Admin(Admin),
    /// Send a day of modelled riders' taps, as the gates of the whole network would.
    Simulate(simulate::Simulate),
    /// Print the OpenAPI document.
    Openapi,
    /// Read the configuration, say what it means, and stop.
    CheckConfig,
    /// Serve fixed bytes with a bare handler: what the benchmark compares with.
    #[command(hide = true)]
    BenchBaseline {
        #[arg(long)]
        port: u16,
        /// File whose bytes every answer consists of.
        #[arg(long)]
        body_file: PathBuf,
    },
    /// Insert the rows that taps become with nothing around them: what the benchmark compares with.
    #[command(hide = true)]
    BenchInserts {
        #[arg(long, default_value_t = 3)]
        seconds: u64,
        #[arg(long, default_value_t = 8)]
        clients: u16,
        #[arg(long, default_value_t = 50)]
        batch: u16,
    },
    /// Dispatch made-up events to a receiver on this machine, in stores made for it: for the benchmark.
    #[command(hide = true)]
    BenchWebhooks {
        #[arg(long, default_value_t = 20_000)]
        events: u32,
        /// Events a second, where delays are measured.
        #[arg(long, default_value_t = 500)]
        rate: u32,
        #[arg(long, default_value_t = 20)]
        seconds: u32,
        /// What waits at one partner while another's delays are measured.
        #[arg(long, default_value_t = 100_000)]
        backlog: u32,
    },
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Make an admin account. The password is read from standard input, or made up and printed.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum, default_value_t = Role::Admin)]
        role: Role,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List admin accounts.
    List,
    /// Close an admin account and end its sessions.
    Disable {
        #[arg(long)]
        email: String,
    },
    /// Look after the gates. With SQLite, while no server runs on the same data.
    #[command(subcommand)]
    Gate(Gate),
}

#[derive(Debug, Subcommand)]
enum Gate {
    /// Make a gate and print its secret, this once.
    Create {
        /// Id of the station, or the operator's code: STN_GMB, GMR.
        #[arg(long)]
        station: String,
        #[arg(long, value_enum)]
        direction: Direction,
        /// Name of the gate; the next number at that station if left out.
        #[arg(long)]
        id: Option<domain::gates::GateId>,
    },
    /// List gates: name, station, direction, state, last seen, firmware.
    List {
        /// Only those at this station.
        #[arg(long)]
        station: Option<String>,
    },
    /// Give all gates that have no secret yet their first one, and write them to a file.
    ProvisionAll {
        /// JSON file to make.
        #[arg(long)]
        out: PathBuf,
    },
    /// Give a gate a new secret and print it, this once.
    Rotate {
        #[arg(long)]
        id: String,
        /// How long the earlier secret holds, in hours (24 at most).
        #[arg(long, default_value_t = domain::gates::OVERLAP_HOURS_MAX)]
        overlap_hours: u8,
    },
    /// End a gate: its messages are refused from now on.
    Retire {
        #[arg(long)]
        id: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Direction {
    In,
    Out,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    Admin,
    Support,
    Finance,
}

/// Does what was asked.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let mut config = Config::load(cli.settings.config.as_deref())?;
    if let Some(listen) = cli.settings.listen {
        config.listen = listen;
    }
    if let Some(data_dir) = cli.settings.data_dir {
        config.data_dir = data_dir;
    }
    config.webhook_allow.extend(cli.settings.webhook_allow);
    let config = config.finished();
    match cli.command {
        Command::Serve { demo, no_demo: _ } => {
            serve(Config { mode: if demo { Mode::Demo } else { Mode::Production }, ..config }).await
        }
        Command::Migrate => {
            let app = open(config).await?;
            println!("Both databases ({}) are up to date.", app.live.engine_name());
            close(&app).await;
            Ok(())
        }
        Command::Seed => seed(&Config { mode: Mode::Demo, ..config }).await,
        Command::Simulate(command) => command.run().await,
        Command::Admin(command) => look_after_admins(config, command).await,
        Command::Openapi => {
            use std::io::Write as _;
            // Not `print!`: whoever reads may have seen enough.
            let _ = std::io::stdout().write_all(http::openapi::document_json().as_bytes());
            Ok(())
        }
        Command::CheckConfig => {
            println!("{config:#?}");
            Ok(())
        }
        Command::BenchBaseline { port, body_file } => bench_baseline(port, &body_file).await,
        Command::BenchInserts { seconds, clients, batch } => {
            let load = bare::Load { duration: Duration::from_secs(seconds), clients, batch };
            bench_inserts(&config, load).await
        }
        Command::BenchWebhooks { events, rate, seconds, backlog } => {
            let load = dispatch::bench::Load { events, rate, rate_s: seconds, backlog };
            bench_webhooks(config, load).await
        }
    }
}

async fn open(config: Config) -> Result<App, Failure> {
    Ok(App::open(config, Clock::system(), Random::system()?).await?)
}

async fn close(app: &App) {
    app.live.close().await;
    app.sandbox.close().await;
}

/// Fills an empty installation with the demo; says where the accounts are.
async fn seed(config: &Config) -> Result<(), Failure> {
    match demo::seed(config).await? {
        demo::Seeded::Now(accounts) => print!("{accounts}"),
        demo::Seeded::Before => {
            println!("There is data already: nothing was added. Accounts: {}", demo::path(config).display());
        }
    }
    Ok(())
}

async fn serve(config: Config) -> Result<(), Failure> {
    http::telemetry::start(&config);
    // Bound first: a port in use should not cost the time of seeding.
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        format!("cannot listen on {}: {error}; choose another with --listen", config.listen)
    })?;
    if config.is_demo() {
        seed(&config).await?;
    }
    if config.smtp.is_none() {
        println!("Mails land in {} (no SMTP server is configured).", config.mail_dir().display());
    }
    let app = open(config).await?;
    installation::claim(&app.live, app.config.mode, app.clock.now()).await?;
    gates::spawn(&app).await?;
    realms::spawn(&app).await?;
    keys::spawn(&app);
    limits::spawn(&app);
    usage::spawn(&app);
    traffic::spawn(&app);
    journeys::worker::spawn(&app);
    mail::spawn(&app);
    dispatch::spawn(&app);
    purge::spawn(&app);
    oauth::worker::spawn(&app);
    tokio::spawn({
        let shutdown = app.shutdown.clone();
        async move {
            stop_signal().await;
            shutdown.cancel();
        }
    });
    println!("NFC Gate serves on {} ({}).", app.config.portal_url, app.live.engine_name());
    http::serve(app.clone(), listener).await?;

    // Nobody is being served any more: keep what is only in memory, then close.
    app.tasks.close();
    app.tasks.wait().await;
    limits::give_back(&app).await;
    usage::flush(&app).await;
    close(&app).await;
    Ok(())
}

/// Resolves at Ctrl-C or SIGTERM.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(error) => {
                tracing::warn!(%error, "cannot listen for SIGTERM");
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// The bare axum handler that the benchmark measures the product against.
async fn bench_baseline(port: u16, body_file: &std::path::Path) -> Result<(), Failure> {
    let body = axum::body::Bytes::from(std::fs::read(body_file)?);
    let headers = [(axum::http::header::CONTENT_TYPE, "application/json")];
    let handler = move || {
        let body = body.clone();
        async move { (headers, body) }
    };
    let router = axum::Router::new().fallback(axum::routing::get(handler));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

/// Webhooks a second and their delays, as a line of JSON. The data folder, or on PostgreSQL the schema,
/// has to be a new one.
async fn bench_webhooks(config: Config, load: dispatch::bench::Load) -> Result<(), Failure> {
    // Demo mode lets this machine's own address be called.
    let app = open(Config { mode: Mode::Demo, ..config }).await?;
    if installation::mode(&app.live).await?.is_some() {
        return Err("these databases are in use: name a new data folder or schema".into());
    }
    installation::claim(&app.live, Mode::Demo, app.clock.now()).await?;
    let figures = dispatch::bench::measure(&app, load).await?;
    println!("{figures}");
    close(&app).await;
    Ok(())
}

/// Taps per second that the store itself can take, as a line of JSON.
async fn bench_inserts(config: &Config, load: bare::Load) -> Result<(), Failure> {
    let rate = match &config.database_url {
        Some(url) => {
            let schema = format!("{}_bare_{}", config.database_schema, std::process::id());
            bare::postgres(url.expose_secret(), &schema, load).await?
        }
        None => {
            std::fs::create_dir_all(&config.data_dir)?;
            let path = config.data_dir.join(format!("bare-{}.db", std::process::id()));
            let rate = bare::sqlite(&path, load).await;
            for ending in ["db", "db-wal", "db-shm", "lock"] {
                let _ = std::fs::remove_file(path.with_extension(ending));
            }
            rate?
        }
    };
    println!("{{\"taps_per_s\": {rate:.1}}}");
    Ok(())
}

async fn look_after_admins(config: Config, command: Admin) -> Result<(), Failure> {
    let app = open(config).await?;
    let outcome = admin_command(&app, command).await;
    close(&app).await;
    outcome
}

async fn admin_command(app: &App, command: Admin) -> Result<(), Failure> {
    match command {
        Admin::Create { email, name, role, password_stdin } => {
            let role = match role {
                Role::Admin => domain::identity::OperatorRole::Admin,
                Role::Support => domain::identity::OperatorRole::Support,
                Role::Finance => domain::identity::OperatorRole::Finance,
            };
            let password = if password_stdin {
                let mut line = String::new();
                std::io::stdin().read_line(&mut line)?;
                Some(line.trim_end_matches(['\r', '\n']).to_owned())
            } else {
                None
            };
            let made = admin::create(app, &email, &name, role, password).await?;
            match made.password {
                Some(password) => println!("Admin {email} made. Password (shown once): {password}"),
                None => println!("Admin {email} made."),
            }
        }
        Admin::List => {
            for operator in admin::list(app).await? {
                println!("{operator}");
            }
        }
        Admin::Disable { email } => {
            admin::disable(app, &email).await?;
            println!("Admin {email} is closed.");
        }
        Admin::Gate(command) => {
            // A command may come before the server has ever run.
            gates::load(app).await?;
            gate_command(app, command).await?;
        }
    }
    Ok(())
}

async fn gate_command(app: &App, command: Gate) -> Result<(), Failure> {
    let console = AuditContext::local(app, Actor::Console);
    match command {
        Gate::Create { station, direction, id } => {
            let direction = match direction {
                Direction::In => domain::network::GateDirection::In,
                Direction::Out => domain::network::GateDirection::Out,
            };
            let made = gates::create(app, console, gates::NewGate { station, direction, id }).await?;
            println!("Gate {} made. Secret (shown once): {}", made.gate.id, made.secret.expose());
        }
        Gate::List { station } => {
            for gate in gates::list_all(app, station.as_deref()).await? {
                println!("{gate}");
            }
        }
        Gate::ProvisionAll { out } => provision::provision_all(app, &out).await?,
        Gate::Rotate { id, overlap_hours } => {
            let made = gates::rotate(app, console, &id, Some(overlap_hours)).await?;
            println!("Gate {id} has a new secret (shown once): {}", made.secret.expose());
            if let Some(until) = made.gate.earlier_secret_until {
                println!("The earlier one holds until {until}.");
            }
        }
        Gate::Retire { id } => {
            gates::retire(app, console, &id).await?;
            println!("Gate {id} is retired.");
        }
    }
    Ok(())
}
