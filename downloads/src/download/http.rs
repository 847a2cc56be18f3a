//! HTTP for downloads, by the crate `ureq`: what a server says about a file, and its bytes from an
//! offset on. Proxies are taken from `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`.
//!
//! Ranges and their conditions are those of RFC 9110, §13.1.5 and §14. `X-Linked-Size` and
//! `X-Linked-ETag` are how servers of the Hugging Face layout describe the file behind a redirect;
//! the latter is its SHA-256.

use std::io::Read;
use std::time::Duration;

use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body, BodyReader};

use super::error::DownloadError;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(20);
/// Redirects that are followed.
const REDIRECTS: u32 = 8;

/// What a server says about a file.
#[derive(Debug, Default, Clone)]
pub struct Remote {
    /// Its length.
    pub bytes: Option<u64>,
    /// Its SHA-256.
    pub sha256: Option<String>,
}

/// Where to go on from: bytes that are there, and the validator of the file they are of.
pub struct ResumePoint {
    /// Bytes that are there.
    pub bytes: u64,
    /// A strong entity tag.
    pub validator: String,
}

/// A file that streams in.
pub struct Incoming<'a> {
    /// First byte that comes.
    pub start: u64,
    /// Length of the whole file, if the server says it.
    pub total: Option<u64>,
    /// Strong entity tag of the file, if it has one.
    pub validator: Option<String>,
    url: &'a str,
    body: BodyReader<'static>,
}

/// Speaks HTTP.
pub struct Client {
    following: Agent,
    direct: Agent,
}

impl Client {
    /// A client that gives up connections which send nothing for `stall`.
    pub fn new(stall: Duration) -> Self {
        let agent = |redirects| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(redirects)
                .max_redirects_will_error(redirects > 0)
                .timeout_connect(Some(CONNECT))
                .timeout_per_read(Some(stall))
                .user_agent(concat!("carrel/", env!("CARGO_PKG_VERSION")))
                .build();
            Agent::new_with_config(config)
        };
        Self { following: agent(REDIRECTS), direct: agent(0) }
    }

    /// What the server says about the file at `url`. Only redirects within the server are followed:
    /// the answer that redirects elsewhere is the one that describes the file.
    pub fn describe(&self, url: &str) -> Result<Remote, DownloadError> {
        let mut address = url.to_owned();
        for _ in 0..REDIRECTS {
            let response = self
                .direct
                .head(&address)
                .header("Accept-Encoding", "identity")
                .call()
                .map_err(|error| failed(url, error))?;
            let headers = response.headers();
            let status = response.status().as_u16();
            let linked = number(headers, "x-linked-size");
            let within = text(headers, "location").filter(|place| place.starts_with('/'));
            if let (300..=399, None, Some(place)) = (status, linked, within) {
                address = format!("{}{place}", origin(&address));
                continue;
            }
            if matches!(status, 405 | 501) {
                return Ok(Remote::default());
            }
            check_status(url, &response)?;
            let bytes =
                linked.or_else(|| number(headers, "content-length").filter(|_| status == 200));
            let etag = text(headers, "x-linked-etag").or_else(|| text(headers, "etag"));
            return Ok(Remote { bytes, sha256: etag.and_then(sha256_in) });
        }
        Err(DownloadError::Address { url: url.to_owned(), problem: "too many redirects".into() })
    }

    /// The file at `url`, from `from` on if the server still has that file, else from its start.
    pub fn get<'a>(
        &self,
        url: &'a str,
        from: Option<ResumePoint>,
    ) -> Result<Incoming<'a>, DownloadError> {
        let mut request = self.following.get(url).header("Accept-Encoding", "identity");
        if let Some(from) = &from {
            request = request
                .header("Range", format!("bytes={}-", from.bytes))
                .header("If-Range", &from.validator);
        }
        let response = request.call().map_err(|error| failed(url, error))?;
        check_status(url, &response)?;
        let headers = response.headers();
        let (start, total) = if response.status() == 206 {
            text(headers, "content-range").and_then(content_range).ok_or_else(|| {
                let problem = "the server sent a part without saying which".to_owned();
                DownloadError::Connection { url: url.to_owned(), problem }
            })?
        } else {
            (0, number(headers, "content-length"))
        };
        let validator = text(headers, "etag").filter(|etag| etag.starts_with('"'));
        let validator = validator.map(str::to_owned);
        Ok(Incoming { start, total, validator, url, body: response.into_body().into_reader() })
    }
}

impl Incoming<'_> {
    /// The next bytes; 0 at the end.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, DownloadError> {
        self.body.read(buffer).map_err(|error| DownloadError::Connection {
            url: self.url.to_owned(),
            problem: error.to_string(),
        })
    }
}

/// An error for a status that comes without the file.
fn check_status(url: &str, response: &Response<Body>) -> Result<(), DownloadError> {
    let (url, status) = (url.to_owned(), response.status().as_u16());
    match status {
        200..=399 => Ok(()),
        401 | 403 | 451 => Err(DownloadError::Denied { url, status }),
        404 | 410 => Err(DownloadError::NotFound { url, status }),
        _ => {
            let retry_after = number(response.headers(), "retry-after").map(Duration::from_secs);
            Err(DownloadError::Server { url, status, retry_after })
        }
    }
}

fn failed(url: &str, error: ureq::Error) -> DownloadError {
    let (url, problem) = (url.to_owned(), error.to_string());
    match error {
        ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::TooManyRedirects
        | ureq::Error::InvalidProxyUrl => DownloadError::Address { url, problem },
        _ => DownloadError::Connection { url, problem },
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}

/// The SHA-256 that an entity tag is, if it is one.
fn sha256_in(etag: &str) -> Option<String> {
    let tag = etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"');
    let is_hash = tag.len() == 64 && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| tag.to_ascii_lowercase())
}

/// First byte and length of the whole in `bytes FIRST-LAST/TOTAL`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.trim().parse().ok()?, total.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_with_care() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        assert_eq!(content_range("bytes */10"), None);
        assert_eq!(content_range("lines 5-9/10"), None);
        assert_eq!(origin("http://host:1/a/b"), "http://host:1");
        assert_eq!(origin("http://host"), "http://host");
        let hash = "AB".repeat(32);
        assert_eq!(sha256_in(&format!("\"{hash}\"")), Some("ab".repeat(32)));
        assert_eq!(sha256_in("\"5d41402abc4b2a76b9719d911017c592\""), None);
    }
}
