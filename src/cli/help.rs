//! What follows the options in the help texts: examples, environment variables and exit codes.

/// After `-h`.
pub(super) const SHORT: &str = "\
Examples:
  crashsight-mcp demo                                  see what the tools answer, without credentials
  crashsight-mcp install --client all                  add the server to the clients of this machine
  crashsight-mcp doctor                                check the setup

`--help` also lists environment variables and exit codes.";

/// After `--help`.
pub(super) const LONG: &str = "\
Examples:
  crashsight-mcp demo                                  see what the tools answer, without credentials
  crashsight-mcp install --client all                  add the server to the clients of this machine
  crashsight-mcp doctor                                check the setup
  crashsight-mcp tools crashsight_list_top_issues      the arguments of a tool
  crashsight-mcp call crashsight_list_top_issues window=7d
  crashsight-mcp serve --http 8800                     serve http://127.0.0.1:8800/mcp

Environment variables:
  CRASHSIGHT_USER_ID            user id of the OpenAPI account
  CRASHSIGHT_API_KEY            its key; CRASHSIGHT_API_KEY_FILE names a file instead
  CRASHSIGHT_PROJECT            the default project: appId@android, appId@ios, appId@pc or a configured name
  CRASHSIGHT_SITE               cn (default), global or a base URL
  CRASHSIGHT_ZONE               time zone of the reader, such as Europe/Berlin or +08:00
  CRASHSIGHT_CONFIG             the configuration file
  CRASHSIGHT_LOG                log filter, such as info; `--log-level` takes precedence
  AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET[_FILE], AGORA_APP_ID
                                enable the Agora tools
  GETUI_APP_ID, GETUI_APP_KEY[_FILE], GETUI_MASTER_SECRET[_FILE]
                                enable the Getui tools
  HTTPS_PROXY, NO_PROXY         proxy for requests to the services
  SSL_CERT_FILE, SSL_CERT_DIR   additional certificate authorities
  NO_COLOR                      no colours

Exit codes:
  0  success
  1  failure that stays until something is fixed
  2  wrong command line or arguments
  3  temporary failure: rate limit or network; try again later";

/// After the options of `serve`.
pub(super) const SERVE: &str = "\
Examples:
  crashsight-mcp serve                                 stdio, as clients start it
  crashsight-mcp serve --http 8800                     http://127.0.0.1:8800/mcp
  crashsight-mcp serve --http 0.0.0.0:8443 --tokens tokens.toml --tls-cert chain.pem --tls-key key.pem \\
    --allow-host mcp.example.com
  crashsight-mcp serve --log-level info --log-format json --log-file server.log";

/// After the options of `call`.
pub(super) const CALL: &str = "\
Examples:
  crashsight-mcp call crashsight_list_top_issues window=7d limit=5
  crashsight-mcp call crashsight_list_top_issues versions='[\"1.2\",\"1.3\"]'
  crashsight-mcp call crashsight_get_daily_trend --args '{\"window\":\"7d\"}' --json
  crashsight-mcp call crashsight_list_top_issues --help

Exit codes: 0 success, 1 failure, 2 wrong arguments, 3 rate limit or network (try again later).";

/// After the options of `tools`.
pub(super) const TOOLS: &str = "\
Examples:
  crashsight-mcp tools                                 every tool with its size in tokens
  crashsight-mcp tools crashsight_list_top_issues      its arguments: types, bounds, values, defaults
  crashsight-mcp tools --toolset questions --json      definitions as clients receive them";

/// After the options of `digest`.
pub(super) const DIGEST: &str = "\
Examples:
  crashsight-mcp digest crash.txt
  adb logcat -d -b crash | crashsight-mcp digest";

/// After the options of `install`.
pub(super) const INSTALL: &str = "\
Examples:
  crashsight-mcp install --client cursor --project starfall-android
  crashsight-mcp install --client claude-code --demo
  crashsight-mcp install --client all
  crashsight-mcp install --client vscode --scope project --dry-run
  crashsight-mcp install --client cursor --print-link
  crashsight-mcp install --client cursor --url https://mcp.example.com/mcp --token-env CRASHSIGHT_TOKEN";

/// After the options of `uninstall`.
pub(super) const UNINSTALL: &str = "\
Examples:
  crashsight-mcp uninstall --dry-run
  crashsight-mcp uninstall --client cursor --name crashsight-demo";

/// After the options of `doctor`.
pub(super) const DOCTOR: &str = "\
Examples:
  crashsight-mcp doctor
  crashsight-mcp doctor --project starfall-android
  crashsight-mcp doctor --url https://mcp.example.com/mcp --token-env CRASHSIGHT_TOKEN

Exit codes: 0 every check passed or warned, 1 a check failed, 2 wrong command line, 3 temporary failure.";

/// After the options of `completions`.
pub(super) const COMPLETIONS: &str = "\
Examples:
  echo 'source <(crashsight-mcp completions bash)' >> ~/.bashrc
  echo 'source <(crashsight-mcp completions zsh)' >> ~/.zshrc
  crashsight-mcp completions fish > ~/.config/fish/completions/crashsight-mcp.fish
  crashsight-mcp completions powershell >> $PROFILE";

/// After the options of `man`.
pub(super) const MAN: &str = "\
Examples:
  crashsight-mcp man | man -l -
  crashsight-mcp man serve > crashsight-mcp-serve.1";
