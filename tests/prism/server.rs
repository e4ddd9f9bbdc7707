//! Prism, on a patched copy of a specification.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

/// How long Prism may take to start on a machine that is busy with something else too. Alone it takes two seconds.
const PATIENCE: Duration = Duration::from_mins(2);

/// A specification under `tests/fixtures`, as its publisher wrote it.
pub(super) struct Specification {
    pub file: &'static str,
    /// What must be changed before Prism can serve it.
    pub patch: fn(String) -> String,
}

impl Specification {
    /// What Prism is given.
    fn patched(&self) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(self.file);
        (self.patch)(fs::read_to_string(path).unwrap())
    }
}

/// A running server, which ends with this value.
pub(super) struct Prism {
    process: Child,
    pub url: String,
    /// The paths that the specification has.
    pub paths: Vec<String>,
}

impl Prism {
    /// Starts it on a copy in the folder `name`, and waits until it listens.
    pub(super) async fn start(name: &str, specification: &Specification) -> Self {
        #[derive(serde::Deserialize)]
        struct Paths {
            paths: serde_yaml_ng::Mapping,
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prism").join(name);
        fs::create_dir_all(&folder).unwrap();
        let (copy, log) = (folder.join("specification.yaml"), folder.join("prism.log"));
        let text = specification.patched();
        let paths = serde_yaml_ng::from_str::<Paths>(&text).unwrap().paths.into_keys();
        let paths = paths.filter_map(|path| path.as_str().map(str::to_owned)).collect();
        fs::write(&copy, text).unwrap();
        let port = free_port().to_string();
        // Node itself and one process: nothing stands between the id that is kept and the server.
        let mut command = Command::new("node");
        command.arg(program()).args(["mock", "--multiprocess", "false", "--host", "127.0.0.1", "--port", &port]);
        let out = File::create(&log).unwrap();
        let process = command.arg(&copy).stderr(out.try_clone().unwrap()).stdout(out).spawn().unwrap();
        let mut prism = Self { process, url: format!("http://127.0.0.1:{port}"), paths };
        let ready = tokio::time::timeout(PATIENCE, prism.listens(&log)).await;
        ready.unwrap_or_else(|_| panic!("Prism does not start: {}", log.display()));
        prism
    }

    /// Its log says so. A port that answers might be somebody else's.
    async fn listens(&mut self, log: &Path) {
        let line = format!("Prism is listening on {}", self.url);
        while !fs::read_to_string(log).unwrap_or_default().contains(&line) {
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("Prism ended ({status}): {}", fs::read_to_string(log).unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The process, for a test that sees it end.
    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where Prism is. `make test` has installed it; alone, the first of these tests does.
fn program() -> PathBuf {
    let local = std::env::var_os("PONTE_LOCAL").map(PathBuf::from);
    let local = local.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/local"));
    let output = Command::new(local.join("tools.sh")).arg("prism").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = String::from_utf8(output.stdout).unwrap();
    Path::new(folder.trim()).join("node_modules/@stoplight/prism-cli/dist/index.js")
}

#[tokio::test]
async fn it_ends_with_its_test() {
    let prism = Prism::start("ends", &super::sunshine::SPECIFICATION).await;
    let process = PathBuf::from(format!("/proc/{}", prism.id()));
    assert!(process.exists());
    let panics = tokio::spawn(async move { panic!("a test fails while {} runs", prism.url) });
    assert!(panics.await.is_err());
    assert!(!process.exists(), "Prism outlives its test");
}
