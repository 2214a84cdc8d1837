package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.Identity;
import dev.culvert.tls.PrivateFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be started: a line that says why, a line that says what to do, an exit code. */
final class MainTest {
  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void name() {
    state = directory.resolve("state");
  }

  private CommandLineRun serve(String... options) {
    String[] arguments = new String[options.length + 7];
    List<String> first =
        List.of("serve", "--state", state.toString(), "--http", "off", "--tunnel", "127.0.0.1:0");
    first.toArray(arguments);
    System.arraycopy(options, 0, arguments, first.size(), options.length);
    return CommandLineRun.of(arguments);
  }

  private static void assertTold(CommandLineRun run, int exitCode, String problem, String remedy) {
    run.assertTold(exitCode, problem, remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "--bogus,,unknown option --bogus,culvertd serve --help",
    "--https,80:80,--https 80:80,127.0.0.1:8080",
    "--https,:65536,--https :65536,127.0.0.1:8080",
    "--https,::1:80,--https ::1:80,[::1]:8080",
    "--http2-cleartext,,HTTP/2 without TLS needs --http,culvertd serve --help",
    "--threads,0,threads: 0,culvertd serve --help",
    "--threads,many,'--threads'': ''many''',culvertd serve --help",
    "--hold,soon,--hold soon,90s",
    "--hold,999999999d,hold,culvertd serve --help",
    "--tcp-ports,9-1,9-1,culvertd serve --help",
    "--domain,bad domain,bad domain,culvertd serve --help",
    "--domain,example.com:80,example.com:80,culvertd serve --help",
    "--domain,-a.example,-a.example,culvertd serve --help",
    "--domain,a..example,a..example,culvertd serve --help",
    "--cert,chain.pem,go together,both",
    "--key,key.pem,go together,both",
    "--acme,letsencrypt,needs --acme-agree-tos,terms of service",
    "--acme-email,me@example.com,without --acme,--acme",
    "--trusted-proxy,proxy.example,network: proxy.example,culvertd serve --help",
    "--trusted-proxy,10.0.0.1/8,no bits of the address beyond,culvertd serve --help",
    "--trusted-proxy-headers,via,headers of proxies: via,culvertd serve --help",
    "--proxy-protocol-from,10.0.0.0/33,10.0.0.0/33,culvertd serve --help",
    "--max-connections-per-visitor,0,connections per visitor: 0,culvertd serve --help",
    "--response-timeout,soon,--response-timeout soon,90s",
    "--response-timeout,2d,time for a response,culvertd serve --help",
    "--min-request-rate,-1,bytes of a request in a second: -1,culvertd serve --help",
    "--access-log-format,xml,format of the access log: xml,culvertd serve --help",
    "--access-log-query,perhaps,--access-log-query,culvertd serve --help"
  })
  void badOptionIsToldBeforeAnyStateIsMade(
      String option, String value, String problem, String remedy) {
    CommandLineRun run = value == null ? serve(option) : serve(option, value);

    assertTold(run, 2, problem, remedy);
    assertThat(state).doesNotExist();
  }

  @Test
  void accessLogThatCannotBeWrittenIsTold() {
    assertTold(
        serve("--https", "off", "--access-log", directory.resolve("no/access.log").toString()),
        2,
        "the access log cannot be written",
        "--access-log");
  }

  @Test
  void missingOrUnexpectedWordsAreTold() {
    assertTold(CommandLineRun.of(), 2, "subcommand", "culvertd --help");
    assertTold(CommandLineRun.of("serve", "now"), 2, "argument now", "culvertd serve --help");
    assertTold(CommandLineRun.of("token"), 2, "subcommand", "culvertd token --help");
    assertTold(CommandLineRun.of("serve", "-\u001b[2J\n"), 2, "option - [2J", "serve --help");
  }

  @Test
  void helpListsTheExitCodes() {
    CommandLineRun run = CommandLineRun.of("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Exit codes:").contains("  1   the machine").contains("  2   ");
  }

  @Test
  void unusableCertificateIsToldBeforeAnyStateIsMade() throws Exception {
    Path chain = directory.resolve("chain.pem");
    Path key = directory.resolve("key.pem");
    Path otherKey = directory.resolve("other.pem");
    Path text = Files.writeString(directory.resolve("text.pem"), "no PEM at all");
    DevAuthority authority = DevAuthority.loadOrCreate(directory.resolve("authority"));
    authority.issue(List.of("a.example")).write(chain, key);
    authority.issue(List.of("b.example")).write(text.resolveSibling("b.pem"), otherKey);

    assertTold(withCertificate(text, key), 2, text + ": holds no certificate", "PEM");
    assertTold(withCertificate(chain, text), 2, text + ": holds no private key", "PEM");
    assertTold(withCertificate(chain, otherKey), 2, "does not belong", "same certificate");
    assertTold(withCertificate(directory, key), 2, directory + ": is a directory", "--cert");
    Path missing = directory.resolve("missing.pem");
    assertTold(withCertificate(missing, key), 2, missing + ": there is no such file", "--cert");
    assertThat(state).doesNotExist();
  }

  @Test
  void unusableRulesAreToldBeforeAnyStateIsMade() throws Exception {
    Path missing = directory.resolve("missing.toml");
    Path bad = Files.writeString(directory.resolve("rules.toml"), "\n[[rules]]\nhots = 'a'\n");

    assertTold(serve("--rules", missing.toString()), 2, missing + ": it is not there", "--rules");
    assertTold(
        serve("--rules", bad.toString()),
        2,
        bad + ":3:1: unknown key hots, did you mean host?",
        "docs/rules.md");
    assertThat(state).doesNotExist();
  }

  @Test
  void missingDirectoryOfCertificatesIsToldBeforeAnyStateIsMade() {
    Path missing = directory.resolve("missing");

    assertTold(serve("--certs", missing.toString()), 2, missing + ": there is no such", "--certs");
    assertThat(state).doesNotExist();
  }

  private CommandLineRun withCertificate(Path chain, Path key) {
    return serve("--cert", chain.toString(), "--key", key.toString());
  }

  @Test
  void stateThatIsAFileIsTold() throws Exception {
    Files.writeString(state, "");

    assertTold(serve(), 2, state + ": the state directory cannot be used", "--state");
    assertTold(
        CommandLineRun.of("token", "create", "--name", "ann", "--state", state.toString()),
        2,
        state + ": the state directory cannot be made",
        "--state");
  }

  @Test
  void stateThatOthersMayUseIsRefused() throws Exception {
    PrivateFile.createDirectory(state);
    for (String mode : List.of("rwxr-x---", "rwx-----x", "rwx-w----")) {
      Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(mode));

      String problem = "others than its owner may use the state directory (" + mode + ")";
      assertTold(serve(), 2, problem, "Run chmod 700");
      assertTold(CommandLineRun.in(state, "token", "list"), 2, problem, "Run chmod 700");
      assertTold(
          CommandLineRun.in(state, "token", "create", "--name=ann"), 2, problem, "Run chmod 700");
      assertTold(CommandLineRun.in(state, "identity", "show"), 2, problem, "Run chmod 700");
    }
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void damagedStateIsTold() throws Exception {
    CommandLineRun.in(state, "token", "create", "--name=ann");
    Files.delete(state.resolve("tokens.json"));
    Files.writeString(state.resolve("identity.pem"), "");
    assertTold(serve(), 2, "identity.pem: holds no certificate", "Check the files");
    Files.delete(state.resolve("identity.pem"));
    Files.writeString(state.resolve("leases.json"), "{");
    assertTold(serve("--https", "off"), 2, "leases.json", "Move it away");
    Files.writeString(state.resolve("tokens.json"), "{");

    assertTold(serve("--https", "off"), 2, "tokens.json: ", "Repair it");
  }

  @Test
  void serverWithoutItsSigningKeysDoesNotStart() throws Exception {
    CommandLineRun.in(state, "token", "create", "--name=ann");
    Identity.loadOrCreate(state);
    Files.delete(state.resolve("tokens.json"));
    Files.delete(state.resolve("token-keyset.json"));

    assertTold(serve(), 2, "token-keyset.json: missing", "culvertd token create");
    assertThat(state.resolve("token-keyset.json")).doesNotExist();
  }

  @Test
  void clientsWithoutATokenAreForLoopbackOnly() {
    assertTold(
        serve("--dev", "--https", "0.0.0.0:0"), 2, "loopback only, and 0.0.0.0 is none", "--help");
    assertTold(
        serve("--dev", "--domain", "example.com", "--https", "off"), 2, "loopback only", "--help");
    assertThat(state).doesNotExist();
  }

  @Test
  void addressInUseIsNotTheUsersFault() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      CommandLineRun run = serve("--https", address);

      assertTold(run, 1, "cannot listen on " + address, "another address with --https");
      assertThat(run.err().getFirst()).doesNotContain("(", "error");
    }
  }

  @Test
  void whatAKilledWriterLeftIsDeletedAtTheNextStart() throws Exception {
    PrivateFile.createDirectory(state);
    Path left = Files.createFile(state.resolve("token-keyset.json.0123456789abcdef.tmp"));

    try (StateDirectory _ = StateDirectory.open(state)) {
      assertThat(left).doesNotExist();
    }
  }

  @Test
  void stateInUseIsNotTheUsersFault() throws Exception {
    try (StateDirectory _ = StateDirectory.open(state)) {
      assertTold(serve(), 1, "another culvertd uses " + state, "Stop it");
    }
  }
}
