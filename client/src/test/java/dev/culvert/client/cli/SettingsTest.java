package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.client.cli.ConnectionOptions.Connection;
import dev.culvert.mux.control.Secret;
import dev.culvert.tls.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
  private static final String PIN = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  private static final String OTHER_PIN = "sha256/BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";

  @TempDir private Path directory;
  private final ConnectionOptions options = new ConnectionOptions();
  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter err = new StringWriter();
  private Path config = Path.of("");

  @BeforeEach
  void startWithAnEmptyConfiguration() throws IOException {
    config = directory.resolve("culvert.toml");
    configure("");
    options.config = config;
    options.server = "host";
    options.token = new Secret("token");
  }

  private void configure(String toml) throws IOException {
    Files.writeString(config, toml);
  }

  private Connection connection() throws UsageException {
    return new Settings(options, environment, InputStream.nullInputStream(), new PrintWriter(err))
        .connection();
  }

  private UsageException refusal() {
    return catchThrowableOfType(UsageException.class, this::connection);
  }

  private boolean isPool() throws UsageException {
    return new Settings(options, environment, InputStream.nullInputStream(), new PrintWriter(err))
        .isPool();
  }

  @Test
  void poolIsAskedForByTheEnvironmentElseTheConfiguration() throws Exception {
    assertThat(isPool()).isFalse();
    configure("pool = true");
    assertThat(isPool()).isTrue();
    environment.put("CULVERT_POOL", "false");
    assertThat(isPool()).isFalse();
    environment.put("CULVERT_POOL", "true");
    configure("");
    assertThat(isPool()).isTrue();
  }

  @Test
  void poolIsTrueOrFalse() throws Exception {
    environment.put("CULVERT_POOL", "yes");
    assertThat(catchThrowableOfType(UsageException.class, this::isPool))
        .hasMessage("CULVERT_POOL is neither true nor false");
    environment.clear();
    configure("pool = \"true\"");
    assertThat(catchThrowableOfType(UsageException.class, this::isPool))
        .hasMessageContaining("culvert.toml:1:1: pool is neither true nor false");
  }

  @Test
  void serverComesFromTheOptionThenTheEnvironmentThenTheConfiguration() throws Exception {
    environment.put("CULVERT_SERVER", "environment:1");
    configure("server = \"configuration:2\"");

    assertThat(connection().host()).isEqualTo("host");
    options.server = null;
    assertThat(connection().host()).isEqualTo("environment");
    environment.clear();
    assertThat(connection())
        .returns("configuration", Connection::host)
        .returns(2, Connection::port);
  }

  @Test
  void trustComesFromTheOptionsThenTheEnvironmentThenTheConfiguration() throws Exception {
    environment.put("CULVERT_PIN", OTHER_PIN);
    configure("ca-file = \"ca.pem\"");
    options.pin = PIN;

    assertThat(connection().trust()).isEqualTo(Trust.pinned(PIN));
    options.pin = null;
    options.caFile = Path.of("given.pem");
    assertThat(connection().trust()).isEqualTo(new Trust.AuthorityFile(Path.of("given.pem")));
    options.caFile = null;
    assertThat(connection().trust()).isEqualTo(Trust.pinned(OTHER_PIN));
    environment.clear();
    assertThat(connection().trust())
        .isEqualTo(new Trust.AuthorityFile(directory.resolve("ca.pem")));
    configure("");
    assertThat(connection().trust()).isEqualTo(new Trust.SystemAuthorities());
  }

  @Test
  void configurationThatOthersMayChangeIsWarnedOf() throws Exception {
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--r--"));
    connection();
    assertThat(err.toString()).doesNotContain("configuration");
    for (String mode : List.of("rw-rw----", "rw----rw-")) {
      Files.setPosixFilePermissions(config, PosixFilePermissions.fromString(mode));
      connection();

      assertThat(err.toString())
          .contains("the configuration " + config + " (" + mode + "): others than its owner may");
    }
  }

  @Test
  void optionsThatTrustTwoThingsAreRefused() {
    options.pin = PIN;
    options.caFile = Path.of("given.pem");

    assertThat(refusal()).hasMessage("--pin and --ca-file are both given");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LocalHost:1", "a.localhost", "127.0.0.1", "127.9.9.9:80", "[::1]:1"})
  void insecureTrustsAnythingOnThisMachineAndWarnsEachTime(String server) throws Exception {
    options.insecure = true;
    options.server = server;
    environment.put("CULVERT_PIN", PIN);

    assertThat(connection().trust()).isEqualTo(new Trust.AnythingHere());
    connection();
    assertThat(err.toString().lines().filter(line -> line.contains("not verified"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tunnel.example.com", "localhost.example.com", "10.0.0.1", "[fe80::1]:1", "host"})
  void insecureIsForNoOtherMachine(String server) {
    options.insecure = true;
    options.server = server;

    assertThat(refusal()).hasMessageContaining("--insecure is for a server on this machine");
  }

  @Test
  void insecureBesideAnotherTrustIsRefused() {
    options.insecure = true;
    options.server = "localhost";
    options.pin = PIN;
    assertThat(refusal()).hasMessage("--insecure is given, and so is --pin");
    options.pin = null;
    options.caFile = Path.of("given.pem");
    assertThat(refusal()).hasMessage("--insecure is given, and so is --ca-file");
  }

  @ParameterizedTest
  @CsvSource({
    "tunnel.example.com, tunnel.example.com, 7000",
    "tunnel.example.com:443, tunnel.example.com, 443",
    "' host:1 ', host, 1",
    "10.0.0.1:65535, 10.0.0.1, 65535",
    "my_host, my_host, 7000",
    "::1, ::1, 7000",
    "[::1], ::1, 7000",
    "[::1]:80, ::1, 80",
    "[fe80::1%eth0]:80, fe80::1%eth0, 80",
  })
  void serverIsAHostWithOrWithoutAPort(String text, String host, int port) throws Exception {
    options.server = text;

    assertThat(connection()).returns(host, Connection::host).returns(port, Connection::port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ":7000",
        "host:",
        "host:0",
        "host:65536",
        "host:123456",
        "host:-1",
        "host:+1",
        "host:port",
        "host:7000:1",
        "https://host:7000",
        "host/path",
        "user@host",
        "a host",
        "[::1",
        "[host]:80",
        "[]:80",
        "[::1]x:80",
        "[[::1]]:80",
        "::1]:80",
      })
  void serverThatIsNoneIsRefusedWithAnExample(String text) {
    options.server = text;

    assertThat(refusal()).hasMessageStartingWith("the server \"" + text.strip() + "\" ");
    assertThat(refusal().remedy()).startsWith("Write HOST:PORT");
  }

  @Test
  void missingServerOrTokenIsToldWithEachPlaceForIt() {
    options.token = null;
    assertThat(refusal()).hasMessage("no token is given");
    assertThat(refusal().remedy()).contains("CULVERT_AUTHTOKEN", "--token-file");
    options.server = null;
    assertThat(refusal()).hasMessage("no server is given");
    assertThat(refusal().remedy()).contains("CULVERT_SERVER", "--server");
  }

  @Test
  void pinThatIsNoneIsRefused() {
    options.pin = "sha256/short";

    assertThat(refusal().remedy()).contains("culvertd prints");
  }
}
