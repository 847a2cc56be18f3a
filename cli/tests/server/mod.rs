//! A server on the loopback device that behaves as badly as a test asks, over plain HTTP/1.1.

#![allow(dead_code, reason = "not every test program takes all of it")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use carrel_core::readable::hexadecimal;
use sha2::{Digest, Sha256};

/// What a client asked.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    headers: Vec<(String, String)>,
    /// GET requests for a path before this one.
    pub n_before: usize,
}

impl Request {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// How much of a body is sent.
#[derive(Clone, Copy)]
pub enum Ending {
    /// All of it.
    Whole,
    /// So many bytes, then the connection is closed.
    Cut(usize),
    /// So many bytes, then nothing more for a long time.
    Hang(usize),
    /// All of it in chunks, without saying its length before.
    Chunked,
}

/// What the server answers.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub ending: Ending,
}

/// An answer without a body.
pub fn status(status: u16) -> Reply {
    Reply { status, headers: Vec::new(), body: Vec::new(), ending: Ending::Whole }
}

/// A file as servers have it.
#[derive(Clone)]
pub struct RemoteFile {
    pub bytes: Vec<u8>,
    pub etag: &'static str,
}

impl RemoteFile {
    pub fn sha256(&self) -> String {
        hexadecimal(&Sha256::digest(&self.bytes))
    }

    /// The answer of a well-behaved server: HEAD, GET, and GET of the rest if it is of this file.
    pub fn reply(&self, request: &Request) -> Reply {
        let whole = self.bytes.len();
        let etag = ("ETag", format!("\"{}\"", self.etag));
        let range = request.header("range").and_then(|range| range.strip_prefix("bytes="));
        let first = range.and_then(|range| range.trim_end_matches('-').parse::<usize>().ok());
        let is_same = request.header("if-range") == Some(&etag.1);
        match first {
            Some(first) if is_same && first < whole => Reply {
                status: 206,
                headers: vec![
                    etag,
                    ("Content-Range", format!("bytes {first}-{}/{whole}", whole - 1)),
                ],
                body: self.bytes[first..].to_vec(),
                ending: Ending::Whole,
            },
            _ => Reply {
                status: 200,
                headers: vec![etag],
                body: self.bytes.clone(),
                ending: Ending::Whole,
            },
        }
    }

    /// What a server of the Hugging Face layout says before it redirects to the file.
    pub fn redirect(&self, place: &str) -> Reply {
        let mut reply = status(302);
        reply.headers = vec![
            ("Location", place.to_owned()),
            ("X-Linked-Size", self.bytes.len().to_string()),
            ("X-Linked-ETag", format!("\"{}\"", self.sha256())),
        ];
        reply
    }
}

/// A running server.
pub struct Server {
    pub url: String,
    log: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server that answers with `answer`, until the test program ends.
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (shared, answer) = (log.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (shared.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        Self { url, log }
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().expect("no panic").clone()
    }
}

/// Answers one request; a client that went away is no concern of the server.
fn serve(stream: TcpStream, log: &Mutex<Vec<Request>>, answer: &dyn Fn(&Request) -> Reply) {
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    let mut stream = stream;
    while let Some(mut request) = read_request(&mut reader) {
        if request.method == "CONNECT" {
            log.lock().expect("no panic").push(request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            continue;
        }
        {
            let mut log = log.lock().expect("no panic");
            let is_same = |other: &&Request| other.method == "GET" && other.path == request.path;
            request.n_before = log.iter().filter(is_same).count();
            log.push(request.clone());
        }
        let _ = write_reply(&mut stream, &request, answer(&request));
        return;
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    // A proxy is asked for the whole address.
    let path = match target.strip_prefix("http://") {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]).to_owned(),
        None => target,
    };
    Some(Request { method, path, headers, n_before: 0 })
}

fn write_reply(stream: &mut TcpStream, request: &Request, reply: Reply) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Status\r\nConnection: close\r\n", reply.status);
    let names_length = reply.headers.iter().any(|(name, _)| *name == "Content-Length");
    match reply.ending {
        Ending::Chunked => head.push_str("Transfer-Encoding: chunked\r\n"),
        _ if names_length => {}
        _ => head.push_str(&format!("Content-Length: {}\r\n", reply.body.len())),
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    if request.method == "HEAD" {
        return Ok(());
    }
    match reply.ending {
        Ending::Whole => stream.write_all(&reply.body),
        Ending::Cut(n_bytes) => stream.write_all(&reply.body[..n_bytes.min(reply.body.len())]),
        Ending::Hang(n_bytes) => {
            stream.write_all(&reply.body[..n_bytes.min(reply.body.len())])?;
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        Ending::Chunked => {
            for chunk in reply.body.chunks(10_000) {
                stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes())?;
                stream.write_all(chunk)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")
        }
    }
}
