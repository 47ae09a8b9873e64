//! `/sse` and `/messages`: HTTP+SSE, for clients that still speak it.
//!
//! A stream belongs to the identity that opened it. Its name is random, and of no use to another.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Sink, Stream, StreamExt as _, stream};
use rmcp::RoleServer;
use rmcp::model::ClientJsonRpcMessage;
use rmcp::service::{RxJsonRpcMessage, ServiceExt as _, TxJsonRpcMessage};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::error_response::Refused;
use super::identity::Identity;
use super::{FrontMatter, body, error_response};

/// Streams open at a time, and those of one identity.
const MOST_STREAMS: usize = 256;
const MOST_OWN: usize = 64;
/// Messages that wait in either direction.
const QUEUE: usize = 16;
/// Requests of a stream that wait for their response.
const MOST_PENDING: usize = 64;
/// The longest wait for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(10);
/// Proxies close a silent stream after half a minute or so.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// All open streams, by name.
#[derive(Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<String, Entry>>>);

struct Entry {
    owner: String,
    messages: mpsc::Sender<RxJsonRpcMessage<RoleServer>>,
    pending: Pending,
}

/// Ids of requests that have no response yet, as JSON.
type Pending = watch::Sender<HashSet<String>>;

impl Streams {
    /// Opens a stream: its first event tells where to post.
    pub(super) fn open(
        &self,
        front: &FrontMatter,
        identity: Identity,
        method: &Method,
    ) -> Response {
        if method != Method::GET {
            return error_response::method("GET");
        }
        if front.draining.is_cancelled() {
            return error_response::ending();
        }
        let (to_server, from_client) = mpsc::channel(QUEUE);
        let (to_client, from_server) = mpsc::channel(QUEUE);
        let name = uuid::Uuid::new_v4().simple().to_string();
        let pending = Pending::default();
        {
            let mut streams = lock(&self.0);
            if streams.len() >= MOST_STREAMS {
                return error_response::text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many streams are open: use /mcp",
                );
            }
            let own = streams.values().filter(|entry| entry.owner == identity.key);
            if own.count() >= MOST_OWN {
                return error_response::text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "you have too many streams open: close one, or use /mcp",
                );
            }
            let entry = Entry {
                owner: identity.key,
                messages: to_server,
                pending: pending.clone(),
            };
            streams.insert(name.clone(), entry);
        }
        let end = front.ended.child_token();
        let server = (front.make)(identity.toolbox, identity.caller);
        let transport = (outgoing(to_client), incoming(from_client));
        let running = end.clone();
        tokio::spawn(async move {
            if let Ok(service) = server.serve_with_ct(transport, running).await {
                // However it ended, the stream is closed by whoever holds its other half.
                let _ = service.waiting().await;
            }
        });
        let endpoint = Event::default()
            .event("endpoint")
            .data(format!("/messages?session_id={name}"));
        let open = Open {
            messages: from_server,
            answered: pending.subscribe(),
            pending,
            draining: front.draining.clone(),
            ended: end.clone(),
            _place: Place {
                streams: Arc::clone(&self.0),
                name,
                _end: end.drop_guard(),
            },
        };
        let events = stream::iter([Ok(endpoint)]).chain(stream::unfold(open, Open::next));
        Sse::new(events)
            .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
            .into_response()
    }

    /// Takes one message for a stream of the same identity.
    pub(super) async fn post(
        &self,
        front: &FrontMatter,
        identity: &Identity,
        request: Request<Body>,
    ) -> Response {
        if request.method() != Method::POST {
            return error_response::method("POST");
        }
        let (messages, pending) = {
            let streams = lock(&self.0);
            match session(request.uri()).and_then(|name| streams.get(name)) {
                None => {
                    return error_response::text(
                        StatusCode::NOT_FOUND,
                        "no such stream is open: GET /sse opens one",
                    );
                }
                Some(entry) if entry.owner != identity.key => {
                    return error_response::text(
                        StatusCode::FORBIDDEN,
                        "that stream belongs to somebody else",
                    );
                }
                Some(entry) => (entry.messages.clone(), entry.pending.clone()),
            }
        };
        let (head, body) = request.into_parts();
        let message = match body::read(&head.headers, body).await {
            Ok(message) => message,
            Err(refused) => return refused.response(),
        };
        let id = message.id();
        let given_up = (message.json["method"] == "notifications/cancelled")
            .then(|| message.json["params"]["requestId"].to_string());
        let Ok(message) = serde_json::from_slice::<ClientJsonRpcMessage>(&message.bytes) else {
            return error_response::json_rpc(
                StatusCode::BAD_REQUEST,
                body::INVALID_REQUEST,
                "the message is no request, notification or response of the protocol",
                &id,
            );
        };
        // As the response will carry it, which need not be as it was written.
        let id = match &message {
            ClientJsonRpcMessage::Request(request) => serde_json::to_value(&request.id)
                .unwrap_or_default()
                .to_string(),
            _ => String::new(),
        };
        if !id.is_empty() {
            // A cancellation must still come through while running calls are finished.
            if front.draining.is_cancelled() {
                return error_response::ending();
            }
            if let Err(refused) = wait_for(&pending, &id) {
                return refused.response();
            }
        }
        if messages.send_timeout(message, PATIENCE).await.is_ok() {
            // What is cancelled has no response.
            if let Some(id) = given_up {
                answered(&pending, &id);
            }
            return error_response::text(StatusCode::ACCEPTED, "accepted");
        }
        answered(&pending, &id);
        error_response::text(
            StatusCode::SERVICE_UNAVAILABLE,
            "the stream is closed, or its client does not read",
        )
    }

    /// Streams open now.
    pub(super) fn count(&self) -> usize {
        lock(&self.0).len()
    }
}

/// The stream that an address names.
fn session(uri: &Uri) -> Option<&str> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("session_id="))
}

/// The half of a stream that the response's body is made of.
struct Open {
    messages: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
    pending: Pending,
    answered: watch::Receiver<HashSet<String>>,
    draining: CancellationToken,
    ended: CancellationToken,
    _place: Place,
}

impl Open {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let finished = async {
            self.draining.cancelled().await;
            let _ = self.answered.wait_for(HashSet::is_empty).await;
        };
        let message = tokio::select! {
            biased;
            message = self.messages.recv() => message?,
            () = self.ended.cancelled() => return None,
            () = finished => return None,
        };
        let json = serde_json::to_value(&message).unwrap_or_default();
        if let Some(id) = json.get("id")
            && json.get("method").is_none()
        {
            answered(&self.pending, &id.to_string());
        }
        let event = Event::default().event("message").data(json.to_string());
        Some((Ok(event), self))
    }
}

/// A stream's place among the open ones; given back, and its calls stopped, when the client goes away.
struct Place {
    streams: Arc<Mutex<HashMap<String, Entry>>>,
    name: String,
    _end: DropGuard,
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.streams).remove(&self.name);
    }
}

/// Remembers a request until it is answered. Who does not read its answers may not ask for ever.
fn wait_for(pending: &Pending, id: &str) -> Result<(), Refused> {
    let mut refused = Ok(());
    pending.send_if_modified(|ids| {
        refused = if ids.contains(id) {
            Err((
                StatusCode::BAD_REQUEST,
                "a request with this id is under way",
            ))
        } else if ids.len() >= MOST_PENDING {
            Err((
                StatusCode::SERVICE_UNAVAILABLE,
                "too many requests wait for an answer: read the stream",
            ))
        } else {
            ids.insert(id.to_owned());
            Ok(())
        };
        refused.is_ok()
    });
    refused.map_err(|(status, words)| error_response::text(status, words).into())
}

fn answered(pending: &Pending, id: &str) {
    pending.send_if_modified(|ids| ids.remove(id));
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn incoming(
    receiver: mpsc::Receiver<RxJsonRpcMessage<RoleServer>>,
) -> impl Stream<Item = RxJsonRpcMessage<RoleServer>> + Send + Unpin + 'static {
    Box::pin(stream::unfold(receiver, |mut receiver| async {
        Some((receiver.recv().await?, receiver))
    }))
}

fn outgoing(
    sender: mpsc::Sender<TxJsonRpcMessage<RoleServer>>,
) -> impl Sink<TxJsonRpcMessage<RoleServer>, Error = Closed> + Send + Unpin + 'static {
    Box::pin(futures_util::sink::unfold(
        sender,
        |sender, message| async move {
            sender.send(message).await.map_err(|_| Closed)?;
            Ok(sender)
        },
    ))
}

/// The client went away.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the stream is closed")
    }
}

impl std::error::Error for Closed {}
