//! `/sse` and `/messages`: the legacy HTTP+SSE transport.
//!
//! A stream belongs to the identity that opened it; other identities cannot post to it.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, stream};
use rmcp::RoleServer;
use rmcp::model::ClientJsonRpcMessage;
use rmcp::service::{RxJsonRpcMessage, ServiceExt as _, TxJsonRpcMessage};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard, PollSender};

use super::error_response::ErrorResponse;
use super::identity::Identity;
use super::state::HttpState;
use super::{body, error_response};
use crate::telemetry::Parent;

/// StreamState streams, in total and of one identity.
const MAX_STREAMS: usize = 256;
const MAX_STREAMS_PER_IDENTITY: usize = 64;
/// Queued messages per direction.
const QUEUE: usize = 16;
/// Requests of a stream without a response yet.
const MAX_PENDING: usize = 64;
/// The longest wait for space in the queue.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);
/// Below the idle timeout of common proxies, about 30 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// All open streams, by session id.
#[derive(Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<String, Entry>>>);

struct Entry {
    owner: String,
    messages: mpsc::Sender<RxJsonRpcMessage<RoleServer>>,
    pending: Pending,
}

/// Ids of requests without a response, as JSON.
type Pending = watch::Sender<HashSet<String>>;

impl Streams {
    /// Opens a stream. Its first event is the URL to post messages to.
    pub(super) fn open(&self, state: &HttpState, identity: Identity, method: &Method) -> Response {
        if method != Method::GET {
            return error_response::method_not_allowed("GET");
        }
        if state.draining.is_cancelled() {
            return error_response::shutting_down();
        }
        let (to_server, from_client) = mpsc::channel(QUEUE);
        let (to_client, from_server) = mpsc::channel(QUEUE);
        let name = uuid::Uuid::new_v4().simple().to_string();
        let pending = Pending::default();
        {
            let mut streams = lock(&self.0);
            if streams.len() >= MAX_STREAMS {
                return error_response::text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many open streams: use /mcp",
                );
            }
            let own = streams.values().filter(|entry| entry.owner == identity.key);
            if own.count() >= MAX_STREAMS_PER_IDENTITY {
                return error_response::text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many open streams for this client: close one, or use /mcp",
                );
            }
            let entry = Entry {
                owner: identity.key,
                messages: to_server,
                pending: pending.clone(),
            };
            streams.insert(name.clone(), entry);
        }
        let end = state.aborted.child_token();
        let server = (state.server_factory)(identity.toolbox, identity.caller)
            .over_network(Parent::default());
        let transport = (PollSender::new(to_client), incoming(from_client));
        let running = end.clone();
        tokio::spawn(async move {
            if let Ok(service) = server.serve_with_ct(transport, running).await {
                // The stream is closed by the drop of its other half.
                let _ = service.waiting().await;
            }
        });
        let endpoint = Event::default()
            .event("endpoint")
            .data(format!("/messages?session_id={name}"));
        let open = StreamState {
            messages: from_server,
            pending_changes: pending.subscribe(),
            pending,
            draining: state.draining.clone(),
            aborted: end.clone(),
            _guard: StreamGuard {
                streams: Arc::clone(&self.0),
                name,
                _end: end.drop_guard(),
            },
        };
        let events = stream::iter([Ok(endpoint)]).chain(stream::unfold(open, StreamState::next));
        Sse::new(events)
            .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
            .into_response()
    }

    /// Requests of all streams without a response yet.
    pub(super) fn pending_requests(&self) -> usize {
        let streams = lock(&self.0);
        streams
            .values()
            .map(|entry| entry.pending.borrow().len())
            .sum()
    }

    /// Accepts one message for a stream of the same identity.
    pub(super) async fn post(
        &self,
        state: &HttpState,
        identity: &Identity,
        request: Request<Body>,
    ) -> Response {
        if request.method() != Method::POST {
            return error_response::method_not_allowed("POST");
        }
        let (messages, pending) = {
            let streams = lock(&self.0);
            match session(request.uri()).and_then(|name| streams.get(name)) {
                None => {
                    return error_response::text(
                        StatusCode::NOT_FOUND,
                        "unknown stream: GET /sse opens one",
                    );
                }
                Some(entry) if entry.owner != identity.key => {
                    return error_response::text(
                        StatusCode::FORBIDDEN,
                        "stream belongs to another client",
                    );
                }
                Some(entry) => (entry.messages.clone(), entry.pending.clone()),
            }
        };
        let (head, body) = request.into_parts();
        let message = match body::read(state, &head.headers, body).await {
            Ok(message) => message,
            Err(error) => return error.response(),
        };
        let id = message.id();
        let cancelled = (message.json["method"] == "notifications/cancelled")
            .then(|| message.json["params"]["requestId"].to_string());
        let Ok(message) = serde_json::from_slice::<ClientJsonRpcMessage>(&message.bytes) else {
            return error_response::json_rpc(
                StatusCode::BAD_REQUEST,
                body::INVALID_REQUEST,
                "not a valid MCP request, notification or response",
                &id,
            );
        };
        // As it will be in the response, which may differ from how the client wrote it.
        let id = match &message {
            ClientJsonRpcMessage::Request(request) => serde_json::to_value(&request.id)
                .unwrap_or_default()
                .to_string(),
            _ => String::new(),
        };
        if !id.is_empty() {
            // Cancellations are still accepted while running calls finish.
            if state.draining.is_cancelled() {
                return error_response::shutting_down();
            }
            if let Err(error) = register_pending(&pending, &id) {
                return error.response();
            }
        }
        if messages.send_timeout(message, QUEUE_TIMEOUT).await.is_ok() {
            // A cancelled request has no response.
            if let Some(id) = cancelled {
                complete(&pending, &id);
            }
            return error_response::text(StatusCode::ACCEPTED, "accepted");
        }
        complete(&pending, &id);
        error_response::text(
            StatusCode::SERVICE_UNAVAILABLE,
            "stream is closed or its client does not read",
        )
    }

    /// The number of open streams.
    pub(super) fn count(&self) -> usize {
        lock(&self.0).len()
    }
}

/// The session id in a URL.
fn session(uri: &Uri) -> Option<&str> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("session_id="))
}

/// The sending half of a stream, which becomes the response body.
struct StreamState {
    messages: mpsc::Receiver<TxJsonRpcMessage<RoleServer>>,
    pending: Pending,
    pending_changes: watch::Receiver<HashSet<String>>,
    draining: CancellationToken,
    aborted: CancellationToken,
    _guard: StreamGuard,
}

impl StreamState {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let finished = async {
            self.draining.cancelled().await;
            let _ = self.pending_changes.wait_for(HashSet::is_empty).await;
        };
        let message = tokio::select! {
            biased;
            message = self.messages.recv() => message?,
            () = self.aborted.cancelled() => return None,
            () = finished => return None,
        };
        let json = serde_json::to_value(&message).unwrap_or_default();
        if let Some(id) = json.get("id")
            && json.get("method").is_none()
        {
            complete(&self.pending, &id.to_string());
        }
        let event = Event::default().event("message").data(json.to_string());
        Some((Ok(event), self))
    }
}

/// Removes the stream and cancels its calls when the client disconnects.
struct StreamGuard {
    streams: Arc<Mutex<HashMap<String, Entry>>>,
    name: String,
    _end: DropGuard,
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        lock(&self.streams).remove(&self.name);
    }
}

/// Tracks a request until its response is sent. A client that does not read responses is limited.
fn register_pending(pending: &Pending, id: &str) -> Result<(), ErrorResponse> {
    let mut result = Ok(());
    pending.send_if_modified(|ids| {
        result = if ids.contains(id) {
            Err((
                StatusCode::BAD_REQUEST,
                "a request with this id is already running",
            ))
        } else if ids.len() >= MAX_PENDING {
            Err((
                StatusCode::SERVICE_UNAVAILABLE,
                "too many pending requests: read the stream",
            ))
        } else {
            ids.insert(id.to_owned());
            Ok(())
        };
        result.is_ok()
    });
    result.map_err(|(status, message)| error_response::text(status, message).into())
}

fn complete(pending: &Pending, id: &str) {
    pending.send_if_modified(|ids| ids.remove(id));
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends when the client disconnects, however often it is asked afterwards.
fn incoming(
    mut receiver: mpsc::Receiver<RxJsonRpcMessage<RoleServer>>,
) -> impl Stream<Item = RxJsonRpcMessage<RoleServer>> + Send + Unpin + 'static {
    stream::poll_fn(move |context| receiver.poll_recv(context))
}
