//! Takes connections and answers on them.
//!
//! Not `axum::serve`, because that gives a client all the time in the world to send its first line: a few thousand
//! connections that say nothing, or a letter a minute, would use up what the process may have open.

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{ServiceExt as _, service_fn};

/// How long a client may take for the head of a request, and how long a connection may stand idle between two. Longer
/// than the 60 s for which load balancers keep idle connections: else they would send a request into one that we are just
/// closing, and its sender would get a 502.
pub const HEAD_TIME: Duration = Duration::from_secs(75);
/// The wait after a connection could not be taken, as when the process has no file handle left.
const PAUSE: Duration = Duration::from_millis(250);

/// Answers until `stop`; then takes no further connection and returns when the requests in hand are answered.
pub async fn serve(listener: TcpListener, routes: Router, head_time: Duration, stop: CancellationToken) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head_time);
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                open.spawn(answer(builder.clone(), stream, peer, routes.clone(), stop.clone()));
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken; raise the limit of open files if that is why");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    open.close();
    open.wait().await;
}

async fn answer(builder: http1::Builder, stream: TcpStream, peer: SocketAddr, routes: Router, stop: CancellationToken) {
    // Small answers leave at once instead of waiting for the one before to be acknowledged.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection sends with a delay");
    }
    let service = service_fn(move |request: Request<Incoming>| ask(routes.clone(), request, peer));
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

async fn ask(routes: Router, mut request: Request<Incoming>, peer: SocketAddr) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    routes.oneshot(request.map(Body::new)).await
}

/// The client went away again before it was its turn.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        task::JoinHandle,
        time::{Instant, timeout},
    };

    use super::*;

    /// Longer than anything here takes.
    const PATIENCE: Duration = Duration::from_secs(20);

    struct Running {
        address: SocketAddr,
        stop: CancellationToken,
        task: JoinHandle<()>,
    }

    async fn start(head_time: Duration) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new()
            .route("/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.port().to_string()))
            .route("/echo", post(async |body: String| body));
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(listener, routes, head_time, stop.clone()));
        Running { address, stop, task }
    }

    impl Running {
        /// Sends and reads until the other side closes.
        async fn say(&self, words: &str) -> String {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            // The other side may answer, and close, before it has read all.
            let _ = stream.write_all(words.as_bytes()).await;
            let mut answer = Vec::new();
            let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the connection is closed");
            String::from_utf8_lossy(&answer).into_owned()
        }
    }

    #[tokio::test]
    async fn a_client_that_does_not_finish_its_request_is_cut_off() {
        let server = start(Duration::from_millis(100)).await;
        let begun = Instant::now();
        for unfinished in ["", "GET /peer HT", "GET /peer HTTP/1.1\r\nhost: x\r\nx-more: "] {
            let answer = server.say(unfinished).await;
            assert!(!answer.contains("200 OK"), "{unfinished:?}: {answer}");
        }
        assert!(begun.elapsed() >= Duration::from_millis(300), "each had its time");
    }

    #[tokio::test]
    async fn heads_that_are_too_long_are_answered_as_such() {
        let server = start(PATIENCE).await;
        let long = "a".repeat(700_000);
        let uri = server.say(&format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", &long[..70_000])).await;
        assert!(uri.starts_with("HTTP/1.1 414 "), "{}", &uri[..uri.len().min(100)]);
        let header = server.say(&format!("GET /peer HTTP/1.1\r\nhost: x\r\nx-long: {long}\r\n\r\n")).await;
        assert!(header.starts_with("HTTP/1.1 431 "), "{}", &header[..header.len().min(100)]);
        let many = "x-many: 1\r\n".repeat(200);
        let headers = server.say(&format!("GET /peer HTTP/1.1\r\nhost: x\r\n{many}\r\n")).await;
        assert!(headers.starts_with("HTTP/1.1 431 "), "{headers}");
    }

    /// What two servers in a row could read differently is refused, or ends the connection, and never becomes two requests.
    #[tokio::test]
    async fn a_request_that_could_be_two_is_refused() {
        let server = start(Duration::from_millis(300)).await;
        let inner = "GET /peer HTTP/1.1\r\nhost: x\r\n\r\n";
        for head in [
            "content-length: 0\r\ncontent-length: 40",
            "content-length: +5",
            "content-length: 5, 6",
            "transfer-encoding: chunked, identity",
            "transfer-encoding: xchunked",
            "content-length : 5",
        ] {
            let answer = server.say(&format!("POST /echo HTTP/1.1\r\nhost: x\r\n{head}\r\n\r\n{inner}")).await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{head}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{head}: {answer}");
        }
    }

    #[tokio::test]
    async fn the_peer_is_known_and_a_stop_lets_requests_end() {
        let server = start(PATIENCE).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let port = stream.local_addr().unwrap().port();
        let mut idle = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(String::from_utf8_lossy(&answer[..read]).ends_with(&port.to_string()));
        // Half of a request is in hand when the stop comes.
        stream.write_all(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nab").await.unwrap();
        idle.write_all(b"GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let read = idle.read(&mut answer).await.unwrap();
        assert!(read > 0);
        server.stop.cancel();
        stream.write_all(b"cd").await.unwrap();
        let mut rest = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut rest)).await.unwrap().unwrap();
        assert!(rest.contains("200 OK") && rest.ends_with("abcd"), "{rest}");
        timeout(PATIENCE, server.task).await.unwrap().unwrap();
    }
}
