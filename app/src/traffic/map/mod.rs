//! The map of the lines: drawn by the server, whole without scripts; `site.js` adds zooming.

mod drawing;
mod layout;
mod page;

pub use page::MapPage;
