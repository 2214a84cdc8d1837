package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;
  private Path config = Path.of("");

  @BeforeEach
  void keepAwayFromTheUsersConfiguration() throws IOException {
    config = Files.writeString(directory.resolve("culvert.toml"), "authtoken = \"SECRET\"\n");
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
  }

  private int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  private CommandLine commandLine() {
    return Main.commandLine(Map.of("HOME", directory.toString()), InputStream.nullInputStream())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "--version", "-V", "http --help", "tcp -h"})
  void helpAndVersionAreNoErrors(String arguments) {
    assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.CLEAN);
    assertThat(out.toString()).containsIgnoringCase("culvert");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', Missing required subcommand, culvert --help",
    "ftp, ftp, culvert --help",
    "http, TARGET, culvert http --help",
    "http 1 2, '''2''', culvert http --help",
    "http 3000 --nope, --nope, culvert http --help",
    "http 3000 --server, --server, culvert http --help",
    "tcp 22 --remote-port many, --remote-port, culvert tcp --help",
    "tcp 22 --remote-port 65536, --remote-port 65536, 1 to 65535",
    "tcp 22 --remote-port -1, --remote-port -1, 1 to 65535",
    "http 0 --server h, target: 0, culvert http 3000",
    "http tcp://h:22, is no web app, culvert tcp",
    "tcp http://h, is a URL, HOST:PORT",
    "http 3000 --name bad_name --server h, bad_name, letters",
    "http 3000 --name -a --server h, -a, letters",
    "http 3000 --pool --server h, --pool needs a name, --name",
    "http 3000 --name *.bad_name --server h, bad_name, letters",
    "http 3000 --path api --server h, --path api, /api/v1",
    "http 3000 --path /a%20b --server h, --path /a%20b, /api/v1",
    "http 3000 --health-interval 9 --server h, --health-interval is given alone, --health-check",
    "http 3000 --health-check up --server h, 'health check: up', culvert http --help",
    "http 3000 --health-check / --health-interval 0 --server h, '0 s (expected: 1 to 3600)', culvert http --help",
    "http 3000 --cidr-allow everybody --server h, address block: everybody, culvert http --help",
    "http 3000 --rate-limit fast --server h, rate: fast, culvert http --help",
    "http 3000 --filter deny --server h, filter: deny, culvert http --help",
    "http 3000 --request-header-set Host:x --server h, header Host, culvert http --help",
    "http 3000 --basic-auth-file /nowhere --server h, /nowhere, Check its path",
    "http 3000 --basic-auth a:$argon2id$SECRET --server h, --basic-auth: password hash, USER:PASS",
    "tcp 22 --cidr-deny nobody --server h, address block: nobody, --help",
    "http 3000, no server is given, --server",
    "http 3000 --server h:0, no valid port, HOST:PORT",
    "http 3000 --server h --pin x, sha256, culvertd prints",
    "http 3000 --server h --pin x --ca-file y, --pin and --ca-file are both given, Give one",
    "http 3000 --server h --token-file /nowhere, /nowhere, Check its path",
    "http 3000 --server h --token-file -, standard input holds no token, one line",
    "http 3000 --server h --token SECRET --token-file f, are both given, --token-file",
  })
  void wrongUsageIsOneLineOfCauseAndOneOfRemedy(String arguments, String cause, String remedy) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    boolean isTunnel = words.length > 1;

    int code =
        run(
            isTunnel
                ? Stream.concat(Stream.of(words), Stream.of("--config=" + config))
                    .toArray(String[]::new)
                : words);

    assertTold(code, cause, remedy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TOKEN",
        "http 3000 TOKEN",
        "http TOKEN",
        "http 3000 --tokn TOKEN",
        "http 3000 --tokn=TOKEN",
        "http 3000 --token=TOKEN --token=TOKEN",
        "http 3000 --token=TOKEN --authtoken TOKEN",
        "http 3000 --server TOKEN",
        "http 3000 --server h --pin TOKEN",
        "http 3000 --server h --name TOKEN",
        "http 3000 --server h --token-file TOKEN",
        "http 3000 --server h --ca-file TOKEN",
        "http 3000 --config TOKEN",
        "tcp 22 --remote-port TOKEN",
      })
  void tokenInTheWrongPlaceIsNotShown(String arguments) {
    String token = "eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiI3In0.c2lnbmF0dXJl";

    int code = run(arguments.replace("TOKEN", token).split(" "));

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString() + err).startsWith("culvert: ").doesNotContain("eyJ", "c2lnbmF0");
  }

  @Test
  void configurationThatIsWrongIsToldWithItsPlace() throws Exception {
    Files.writeString(config, "authtoken = \"SECRET\"\n  pin = 7\n");

    int code = run("http", "3000", "--server=h", "--config=" + config);

    assertTold(code, config + ":2:3: pin is no text", "pin = \"...\"");
  }

  @Test
  void authorityFileThatIsMissingIsWrongUsage() {
    Path missing = directory.resolve("ca.pem");

    int code = runAtHome("http", "3000", "--server=h", "--ca-file=" + missing);

    assertTold(code, missing.toString(), "--ca-file");
  }

  @Test
  void stateDirectoryThatCannotBeMadeIsWrongUsage() throws Exception {
    Files.writeString(directory.resolve(".local"), "a file");

    int code = runAtHome("http", "3000", "--server=h");

    assertTold(code, directory.resolve(".local").toString(), "XDG_STATE_HOME");
  }

  /** As a user whose home is the test's directory. */
  private int runAtHome(String... arguments) {
    return run(
        Stream.concat(Stream.of(arguments), Stream.of("--config=" + config))
            .toArray(String[]::new));
  }

  @Test
  void unexpectedFailureIsNoStackTrace() {
    CommandLine commandLine = commandLine();
    RuntimeException failure = new IllegalStateException("broken\n\u001b[31m");

    int code =
        new CommandLine(
                CommandLine.Model.CommandSpec.wrapWithoutInspection(
                    (Runnable)
                        () -> {
                          throw failure;
                        }))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(commandLine.getExecutionExceptionHandler())
            .execute();

    assertThat(code).isEqualTo(ExitCode.UNEXPECTED);
    assertThat(err.toString().lines()).hasSize(2);
    assertThat(err.toString())
        .startsWith("culvert: java.lang.IllegalStateException: broken??[31m")
        .doesNotContain("\tat ");
  }

  private void assertTold(int code, String cause, String remedy) {
    assertThat(err.toString().lines()).as(err.toString()).hasSize(2);
    assertThat(err.toString().lines().toList().getFirst()).startsWith("culvert: ").contains(cause);
    assertThat(err.toString().lines().toList().getLast()).startsWith("  ").contains(remedy);
    assertThat(err.toString()).doesNotContain("SECRET", "Exception");
    assertThat(out.toString()).isEmpty();
    assertThat(code).isEqualTo(ExitCode.USAGE);
  }
}
