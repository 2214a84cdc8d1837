package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.mux.control.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each place that a token may come from: which goes first, and which are warned of. */
@Timeout(20)
final class TokenSourceTest {
  @TempDir private Path directory;
  private final ConnectionOptions options = new ConnectionOptions();
  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter err = new StringWriter();
  private InputStream in = InputStream.nullInputStream();
  private Path config = Path.of("");

  @BeforeEach
  void startWithAnEmptyConfiguration() throws IOException {
    config = file("culvert.toml", "");
  }

  private Path file(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    return mode(file, "rw-------");
  }

  private static Path mode(Path file, String mode) throws IOException {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private void input(String text) {
    in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void noTokenIsEnoughForAnInsecureServerOnly() throws Exception {
    assertThat(refusal()).hasMessage("no token is given");

    options.insecure = true;

    assertThat(token()).isEmpty();
    environment.put("CULVERT_AUTHTOKEN", "given");
    assertThat(token()).isEqualTo("given");
  }

  private String token() throws UsageException {
    ConfigFile read = ConfigFile.read(config, environment);
    return new TokenSource(options, environment, read, in, new PrintWriter(err)).token().reveal();
  }

  private UsageException refusal() {
    return catchThrowableOfType(UsageException.class, this::token);
  }

  @Test
  void optionGoesBeforeTheEnvironmentAndThatBeforeTheConfiguration() throws Exception {
    options.token = new Secret(" from-option ");
    environment.put("CULVERT_AUTHTOKEN", " from-environment\n");
    file("culvert.toml", "authtoken = \" from-configuration \"");

    assertThat(token()).isEqualTo("from-option");
    options.token = null;
    options.tokenFile = file("given", " from-file-option\n");
    assertThat(token()).isEqualTo("from-file-option");
    options.tokenFile = TokenSource.STANDARD_INPUT;
    input(" from-input\r\nand what follows");
    assertThat(token()).isEqualTo("from-input");
    options.tokenFile = null;
    assertThat(token()).isEqualTo("from-environment");
    environment.put("CULVERT_AUTHTOKEN", " ");
    assertThat(token()).isEqualTo("from-configuration");
    file("configured", "from-configured-file\n");
    file("culvert.toml", "token-file = \"configured\"");
    assertThat(token()).isEqualTo("from-configured-file");
  }

  @Test
  void tokenOnTheCommandLineIsWarnedOfWithoutTheToken() throws Exception {
    options.token = new Secret("the-secret");

    token();

    assertThat(err.toString())
        .startsWith("culvert: a token on the command line can be read by other users")
        .contains("CULVERT_AUTHTOKEN", "--token-file")
        .doesNotContain("the-secret");
  }

  @Test
  void noOtherSourceIsWarnedOf() throws Exception {
    options.tokenFile = file("given", "the-secret");
    token();
    options.tokenFile = TokenSource.STANDARD_INPUT;
    input("the-secret");
    token();
    options.tokenFile = null;
    environment.put("CULVERT_AUTHTOKEN", "the-secret");
    token();
    environment.clear();
    file("culvert.toml", "authtoken = \"the-secret\"");
    token();
    file("culvert.toml", "token-file = \"given\"");
    token();

    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-"})
  void fileWithATokenThatOthersMayUseIsWarnedOf(String mode) throws Exception {
    Path given = mode(file("given", "the-secret"), mode);
    options.tokenFile = given;

    assertThat(token()).isEqualTo("the-secret");

    assertThat(err.toString())
        .startsWith("culvert: the token file " + given + " (" + mode + "): others than its owner")
        .contains("chmod 600")
        .doesNotContain("the-secret");
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void configurationThatOthersMayReadIsWarnedOfWhereItsTokenIsUsed() throws Exception {
    mode(file("culvert.toml", "authtoken = \"the-secret\""), "rw-r--r--");
    environment.put("CULVERT_AUTHTOKEN", "another");
    token();
    assertThat(err.toString()).isEmpty();
    environment.clear();

    token();

    assertThat(err.toString())
        .startsWith("culvert: the configuration " + config + " (rw-r--r--): others than its owner")
        .doesNotContain("the-secret");
  }

  @Test
  void inputIsReadToTheEndOfTheLineAndNotOfThePipe() throws Exception {
    try (PipedInputStream pipe = new PipedInputStream();
        PipedOutputStream writer = new PipedOutputStream(pipe)) {
      writer.write("the-secret\n".getBytes(StandardCharsets.UTF_8));
      in = pipe;
      options.tokenFile = TokenSource.STANDARD_INPUT;

      assertThat(token()).isEqualTo("the-secret");
    }
  }

  @Test
  void inputWithoutATokenIsRefused() {
    options.tokenFile = TokenSource.STANDARD_INPUT;
    for (String text : new String[] {"", " \n", "\ntoken", "x".repeat(65_537)}) {
      input(text);

      assertThat(refusal()).hasMessage("standard input holds no token");
    }
    in = new ByteArrayInputStream(new byte[] {-1, -2});
    assertThat(refusal())
        .hasMessage("cannot read the token from standard input: it is no text in UTF-8");
  }

  @Test
  void twoTokensOfOnePlaceAreRefused() throws Exception {
    options.token = new Secret("one");
    options.tokenFile = file("given", "two");
    assertThat(refusal()).hasMessage("--token and --token-file are both given");
    options.token = null;
    options.tokenFile = null;
    file("culvert.toml", "authtoken = \"one\"\ntoken-file = \"given\"");
    assertThat(refusal()).hasMessage("the configuration has both token-file and authtoken");
  }

  @Test
  void emptyOptionIsNoToken() {
    environment.put("CULVERT_AUTHTOKEN", "token");
    options.token = new Secret(" ");

    assertThat(refusal()).hasMessage("--token is empty");
  }

  @Test
  void noTokenAtAllIsToldWithThePlacesForIt() {
    assertThat(refusal()).hasMessage("no token is given");
    assertThat(refusal().remedy()).contains("CULVERT_AUTHTOKEN", "--token-file");
  }

  @Test
  void fileThatCannotBeReadIsToldWithItsPathAndReason() throws Exception {
    options.tokenFile = directory.resolve("none");
    assertThat(refusal())
        .hasMessage("cannot read the token file " + options.tokenFile + ": there is no such file");
    options.tokenFile = directory;
    assertThat(refusal())
        .hasMessage("cannot read the token file " + options.tokenFile + ": Is a directory");
    options.tokenFile = Files.write(file("binary", ""), new byte[] {-1, -2});
    assertThat(refusal())
        .hasMessage("cannot read the token file " + options.tokenFile + ": it is no text in UTF-8");
    options.tokenFile = file("empty", "\n");
    assertThat(refusal()).hasMessage("the token file " + options.tokenFile + " holds no token");
    options.tokenFile = file("huge", "x".repeat(65_537));
    assertThat(refusal()).hasMessage("the token file " + options.tokenFile + " holds no token");
    options.tokenFile = Path.of("/dev/zero");
    assertThat(refusal()).hasMessage("the token file /dev/zero holds no token");
  }
}
