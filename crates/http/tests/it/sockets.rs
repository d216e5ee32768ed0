//! Live sockets whose other end is gone without a word, or takes nothing: they are cut off, and nothing is lost to them.
//! Frames are read by hand, because a client library answers pings by itself.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::{SinkExt, StreamExt};
use switchboard_http::{HttpOptions, SocketTimes, Web, router};
use switchboard_testkit::{Engine, TestDb};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{Instant, timeout},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::site::Site;

const PATIENCE: Duration = Duration::from_secs(30);
const POLICY: u16 = 1008;

/// A server on a port of its own, whose side of each connection holds back little.
fn serve(site: &Site<'_>, sockets: SocketTimes) -> (SocketAddr, Web) {
    let web = Web::new(Arc::clone(&site.app), HttpOptions { sockets, ..HttpOptions::default() });
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(4_096).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(16).unwrap();
    let address = listener.local_addr().unwrap();
    let service = router(web.clone()).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    (address, web)
}

/// A client that has shaken hands and does nothing by itself. It takes little at a time.
async fn mute(site: &Site<'_>, address: SocketAddr, query: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request = format!(
        "GET /ws?api_key={}{query} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        site.key
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

/// The next frame of a server: its kind, and what it carries. `None` once the connection has ended.
async fn frame(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let read = async {
        let kind = stream.read_u8().await?;
        let length = match stream.read_u8().await? {
            126 => usize::from(stream.read_u16().await?),
            127 => usize::try_from(stream.read_u64().await?).unwrap(),
            short => usize::from(short),
        };
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        Ok::<_, std::io::Error>((kind & 0x0f, body))
    };
    timeout(PATIENCE, read).await.expect("a frame or the end comes").ok()
}

/// The number of the change that a frame tells of, if it tells of one.
fn change(kind: u8, body: &[u8]) -> Option<i64> {
    if kind != TEXT {
        return None;
    }
    let message: serde_json::Value = serde_json::from_slice(body).unwrap();
    let is_change = !["hello", "complete_up_to"].contains(&message["event"].as_str().unwrap());
    is_change.then(|| message["seq"].as_i64().unwrap())
}

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_no_ping_is_cut_off() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let (address, _) = serve(&site, SocketTimes { ping_every: Duration::from_millis(400), ..SocketTimes::default() });
    let mut gone = mute(&site, address, "").await;
    let mut seen = Vec::new();
    let reason = loop {
        let (kind, body) = frame(&mut gone).await.expect("it is told why");
        seen.push(kind);
        if kind == CLOSE {
            break body;
        }
    };
    assert_eq!(seen, [TEXT, PING, CLOSE]);
    assert_eq!(u16::from_be_bytes([reason[0], reason[1]]), POLICY);
    assert_eq!(&reason[2..], b"no answer to a ping");
    assert!(frame(&mut gone).await.is_none(), "and the connection ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_pings_stays() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    // Long enough for a busy machine to answer in.
    let (address, _) = serve(&site, SocketTimes { ping_every: Duration::from_secs(5), ..SocketTimes::default() });
    let (mut there, _) = connect_async(format!("ws://{address}/ws?api_key={}", site.key)).await.unwrap();
    // The library answers for as long as somebody reads. A second ping comes to those who answered the first.
    let mut pings = 0;
    while pings < 2 {
        match timeout(PATIENCE, there.next()).await.expect("pings come") {
            Some(Ok(Message::Ping(_))) => pings += 1,
            Some(Ok(Message::Text(_) | Message::Pong(_))) => {}
            other => panic!("cut off: {other:?}"),
        }
    }
    there.send(Message::text(r#"{"type":"ping"}"#)).await.unwrap();
    loop {
        match timeout(PATIENCE, there.next()).await.expect("an answer comes") {
            Some(Ok(Message::Text(text))) if text.contains("pong") => return,
            Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_))) => {}
            other => panic!("cut off: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_nothing_is_cut_off_and_finds_the_rest_when_it_comes_back() {
    const CALLS: u32 = 250;
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    for number in 1..=CALLS {
        site.commit_call(number, None, "ringing").await;
    }
    let (address, web) = serve(&site, SocketTimes { send: Duration::from_millis(300), ..SocketTimes::default() });
    let mut slow = mute(&site, address, "&since=0").await;
    assert_eq!(web.live.tenants(), 1);
    // Nothing is read until the server has given up on it.
    let begun = Instant::now();
    while web.live.tenants() > 0 {
        assert!(begun.elapsed() < PATIENCE, "it waits for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut last = 0;
    while let Some((kind, body)) = frame(&mut slow).await {
        last = change(kind, &body).unwrap_or(last);
    }
    assert!(last < i64::from(CALLS), "it got everything, so it was not slow");
    // It comes back with its last number, as the frame that cut it off would have said; this time nobody is in a hurry.
    let (address, _) = serve(&site, SocketTimes::default());
    let mut back = mute(&site, address, &format!("&since={last}")).await;
    let mut expected = last;
    while expected < i64::from(CALLS) {
        let (kind, body) = frame(&mut back).await.expect("it goes on");
        if let Some(seq) = change(kind, &body) {
            expected += 1;
            assert_eq!(seq, expected);
        }
    }
}
