//! The development server: `dist/` as a static host would serve it, rebuilt when a source changes.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    thread,
};

use anyhow::{Context as _, Result, bail};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use tower_http::services::{ServeDir, ServeFile};

use super::watch;
use crate::{
    project::Project,
    site::{self, publish::Compressed},
    wasm::{Modules, Which},
};

/// The policy that the site is promised to work under. `wasm-unsafe-eval` allows compiling WebAssembly and nothing else.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'");

const DEFAULT_PORT: u16 = 8080;

/// Builds the site, serves it, and keeps both going until interrupted.
pub fn serve(port: Option<u16>) -> Result<()> {
    // Before the build, which may take minutes: a port that is taken should be reported at once.
    let listener = listen(port)?;
    let project = Project::open()?;
    site::build(&project, &Modules::build(&project, Which::Full)?, "/", Compressed::No)?;
    println!("\nThe playground is at http://{}/ (Ctrl-C ends it)\n", listener.local_addr()?);
    thread::spawn(move || {
        if let Err(error) = watch::rebuild_on_change() {
            eprintln!("no longer watching for changes: {error:#}");
        }
    });
    run(listener, &project.dist())
}

fn listen(port: Option<u16>) -> Result<TcpListener> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    match (port, bind(port.unwrap_or(DEFAULT_PORT))) {
        (_, Ok(listener)) => Ok(listener),
        (None, Err(error)) if error.kind() == ErrorKind::AddrInUse => {
            eprintln!("port {DEFAULT_PORT} is taken: serving on a free one");
            bind(0).context("there is no free port")
        }
        (Some(port), Err(error)) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is taken: name another with --port, or none and a free one is found")
        }
        (port, Err(error)) => {
            Err(error).with_context(|| format!("cannot listen on port {}", port.unwrap_or(DEFAULT_PORT)))
        }
    }
}

/// Serves `dist` until the process ends.
fn run(listener: TcpListener, dist: &Path) -> Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        axum::serve(tokio::net::TcpListener::from_std(listener)?, router(dist)).await?;
        Ok(())
    })
}

fn router(dist: &Path) -> Router {
    let not_found = ServeFile::new(dist.join("404.html"));
    let files = ServeDir::new(dist).precompressed_br().precompressed_gzip().not_found_service(not_found);
    Router::new().fallback_service(files).layer(middleware::from_fn(headers))
}

/// Sets the headers. Assets are named by their contents and never change; everything else is revalidated.
async fn headers(request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let caching = if is_asset && found { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    // For pages of other origins that embed the playground. Nothing here is private.
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
