//! Plays Lambda for one program: starts it as a process, gives it events over the Runtime API, and reads from the system what
//! it cost.

use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context as _, Result, bail, ensure};
use bytes::Bytes;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::{Mutex as Line, mpsc, oneshot},
    task::JoinHandle,
};

use crate::wire::{self, Answer, Asked};

/// The longest that any call may take: Python's cold start on a busy machine is 2 s.
const PATIENCE: Duration = Duration::from_mins(1);
/// The time limit that a program is told, as the template sets it for the workers.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Ticks of `/proc/PID/stat` in a second: on Linux always this many, whatever the kernel counts in.
const TICK: Duration = Duration::from_millis(10);
const VERSION: &str = "/2018-06-01/runtime/";

/// A program that can be deployed as a function.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub name: &'static str,
    pub command: PathBuf,
    pub arguments: Vec<String>,
    pub environment: Vec<(&'static str, String)>,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) struct Called {
    pub body: Bytes,
    /// When the program was given the event, and when it answered.
    pub given: Instant,
    pub answered: Instant,
}

impl Called {
    pub(crate) fn took(&self) -> Duration {
        self.answered.duration_since(self.given)
    }

    /// Whether it did what it was asked: 200 of a webhook endpoint, and no record to be received again of a worker.
    pub(crate) fn check(&self) -> Result<()> {
        let answer: Value = serde_json::from_slice(&self.body)?;
        let refused = answer.get("statusCode").is_some_and(|status| status != 200);
        let failed =
            answer.get("batchItemFailures").and_then(Value::as_array).is_some_and(|failures| !failures.is_empty());
        ensure!(!refused && !failed, "it did not work: {answer}");
        Ok(())
    }
}

struct Waiting {
    given: Instant,
    answer: oneshot::Sender<Result<Called>>,
}

struct Api {
    events: Line<mpsc::UnboundedReceiver<(Bytes, oneshot::Sender<Result<Called>>)>>,
    waiting: Mutex<(u64, HashMap<String, Waiting>)>,
    ready: OnceLock<Instant>,
    failed: Mutex<Option<String>>,
}

impl Api {
    async fn handle(&self, asked: Asked) -> Answer {
        let Some(path) = asked.path.strip_prefix(VERSION) else { return Answer::empty(404) };
        if path == "invocation/next" {
            return self.next().await;
        }
        if path == "init/error" {
            let words = String::from_utf8_lossy(&asked.body).into_owned();
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
            return Answer::empty(202);
        }
        let answered = Instant::now();
        let Some((id, kind)) = path.strip_prefix("invocation/").and_then(|rest| rest.split_once('/')) else {
            return Answer::empty(404);
        };
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).1.remove(id);
        if let Some(Waiting { given, answer }) = waiting {
            let called = match kind {
                "response" => Ok(Called { body: asked.body, given, answered }),
                _ => Err(anyhow::anyhow!("the function failed: {}", String::from_utf8_lossy(&asked.body))),
            };
            // Nobody waits for it any more.
            let _ = answer.send(called);
        }
        Answer::empty(202)
    }

    async fn next(&self) -> Answer {
        self.ready.get_or_init(Instant::now);
        let Some((body, answer)) = self.events.lock().await.recv().await else { return Answer::empty(410) };
        let deadline = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() + TIME_LIMIT;
        let id = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.0 += 1;
            let id = format!("8476a536-e9f4-11e8-9739-{:012x}", waiting.0);
            waiting.1.insert(id.clone(), Waiting { given: Instant::now(), answer });
            id
        };
        Answer {
            status: 200,
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("lambda-runtime-aws-request-id", id),
                ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
                (
                    "lambda-runtime-invoked-function-arn",
                    "arn:aws:lambda:us-east-1:123456789012:function:bench".to_owned(),
                ),
                (
                    "lambda-runtime-trace-id",
                    "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0".to_owned(),
                ),
            ],
            body,
        }
    }
}

/// A running function.
pub(crate) struct Instance {
    child: Child,
    pid: u32,
    started: Instant,
    api: Arc<Api>,
    events: mpsc::UnboundedSender<(Bytes, oneshot::Sender<Result<Called>>)>,
    server: JoinHandle<()>,
    log: PathBuf,
}

impl Instance {
    /// Starts a program with nothing in its environment but what Lambda and the template put there.
    pub(crate) async fn start(program: &Program, logs: &Path) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, receiver) = mpsc::unbounded_channel();
        let api = Arc::new(Api {
            events: Line::new(receiver),
            waiting: Mutex::default(),
            ready: OnceLock::new(),
            failed: Mutex::default(),
        });
        let server = wire::serve(listener, None, {
            let api = api.clone();
            move |asked| {
                let api = api.clone();
                async move { api.handle(asked).await }
            }
        });
        let log = logs.join(format!("{}.log", program.name));
        let out = File::create(&log).with_context(|| format!("{}", log.display()))?;
        let err = out.try_clone()?;
        let mut command = Command::new(&program.command);
        command
            .args(&program.arguments)
            .env_clear()
            .envs(lambda_environment(program.name))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .envs(program.environment.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("{} does not start", program.command.display()))?;
        let pid = child.id().context("it ended at once")?;
        Ok(Self { child, pid, started, api, events, server, log })
    }

    /// Gives it an event and waits for the answer.
    pub(crate) async fn invoke(&self, event: Bytes) -> Result<Called> {
        let (answer, called) = oneshot::channel();
        self.events.send((event, answer)).context("the function is gone")?;
        match tokio::time::timeout(PATIENCE, called).await {
            Ok(called) => called.context("the function is gone")?.with_context(|| self.words()),
            Err(_) => bail!("no answer in time: {}", self.words()),
        }
    }

    /// From its start to the moment when it first asked for an event.
    pub(crate) fn init(&self) -> Duration {
        self.api.ready.get().map_or(Duration::ZERO, |ready| ready.duration_since(self.started))
    }

    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// What went wrong, for whoever reads the bench's failure.
    fn words(&self) -> String {
        let failed = self.api.failed.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default();
        format!("{failed} (its log is {})", self.log.display())
    }

    /// The processor's time so far, user and system, in steps of 10 ms.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name before it may hold anything, blanks included.
        let fields = stat.rsplit_once(')').context("stat")?.1;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Ok(TICK * ticks.sum::<Result<u32, _>>()?)
    }

    /// The same in nanoseconds, without that of threads which have ended: for what is too short for ticks.
    pub(crate) fn cpu_exact(&self) -> Result<Duration> {
        let mut sum = Duration::ZERO;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let Ok(schedule) = std::fs::read_to_string(task?.path().join("schedstat")) else { continue };
            let running = schedule.split_whitespace().next().context("schedstat")?;
            sum += Duration::from_nanos(running.parse()?);
        }
        Ok(sum)
    }

    /// The most memory that it ever had, in KiB.
    pub(crate) fn peak_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse()?)
    }

    /// The length of its log, and how many lines it has.
    pub(crate) fn logged(&self) -> Result<(u64, u64)> {
        let log = std::fs::read_to_string(&self.log)?;
        let lines = log.lines().count();
        Ok((u64::try_from(log.len())?, u64::try_from(lines)?))
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        self.child.kill().await?;
        self.server.abort();
        Ok(())
    }
}

/// What Lambda sets, as far as anything reads it.
fn lambda_environment(function: &str) -> Vec<(&'static str, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    [
        ("PATH", path.as_str()),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "ASIABENCHBENCHBENCHB"),
        ("AWS_SECRET_ACCESS_KEY", "not-a-secret-of-anybody-0123456789abcdef"),
        ("AWS_SESSION_TOKEN", "not-a-token-of-anybody"),
        ("AWS_LAMBDA_FUNCTION_NAME", function),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/ponte/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}
