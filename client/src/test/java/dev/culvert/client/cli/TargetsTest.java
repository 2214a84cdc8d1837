package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.client.local.LocalTarget;
import dev.culvert.client.local.LocalTarget.Scheme;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetsTest {
  @ParameterizedTest
  @CsvSource({
    "3000, HTTP, localhost, 3000, http://127.0.0.1:3000",
    "65535, HTTP, localhost, 65535, http://127.0.0.1:65535",
    "host:8080, HTTP, host, 8080, http://host:8080",
    "host, HTTP, host, 80, http://host:80",
    "localhost:1, HTTP, localhost, 1, http://127.0.0.1:1",
    "192.168.1.7:8080, HTTP, 192.168.1.7, 8080, http://192.168.1.7:8080",
    "[::1]:3000, HTTP, ::1, 3000, http://[::1]:3000",
    "http://[2001:db8::1], HTTP, 2001:db8::1, 80, http://[2001:db8::1]:80",
    "https://host, HTTPS, host, 443, https://host:443",
    "HTTPS://host:8443/, HTTPS, host, 8443, https://host:8443",
    "h2c://host:50051, H2C, host, 50051, h2c://host:50051",
    "h2://host, H2, host, 443, h2://host:443",
    "tcp://host:22, TCP, host, 22, tcp://host:22",
    "my_app:3000, HTTP, my_app, 3000, http://my_app:3000",
    "https://my_app, HTTPS, my_app, 443, https://my_app:443",
    "my-app.internal:3000, HTTP, my-app.internal, 3000, http://my-app.internal:3000",
  })
  void targetIsAPortOrAHostOrAUrl(String text, Scheme scheme, String host, int port, String shown)
      throws Exception {
    LocalTarget target = Targets.parse(text, Scheme.HTTP);

    assertThat(target).isEqualTo(new LocalTarget(scheme, host, port)).hasToString(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "3000, H2C",
    "http://host, H2C",
    "h2c://host, H2C",
    "https://host, H2",
    "h2://host, H2"
  })
  void anyWebAppMaySpeakHttp2(String text, Scheme scheme) throws Exception {
    LocalTarget target = Targets.parse(text, Scheme.HTTP);

    assertThat(target.withHttp2()).isEqualTo(new LocalTarget(scheme, target.host(), target.port()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "0",
        "65536",
        "123456",
        "-1",
        "3000 ",
        "host:",
        "host:0",
        "host:65536",
        "host:port",
        ":3000",
        "::1",
        "[::1",
        "[::1]3000",
        "[host]:3000",
        "a b:80",
        "a_b:99999",
        "a_b:-1",
        "a_b:",
        "http://",
        "http://:80",
        "http:///",
        "http:host",
        "ftp://host:21",
        "file:///etc/passwd",
        "http://host/path",
        "http://host?query",
        "http://host#fragment",
        "http://user@host",
        "http://user@my_app",
        "host:80:81",
        "%",
      })
  void whatIsNoTargetIsRefusedWithTheTextAndAnExample(String text) {
    UsageException refusal =
        catchThrowableOfType(UsageException.class, () -> Targets.parse(text, Scheme.HTTP));

    assertThat(refusal)
        .hasMessage(
            "target: "
                + text
                + " (expected: a port such as 3000, host:3000, or a URL such as http://host:3000)");
    assertThat(refusal.remedy()).isEqualTo("For example: culvert http 3000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "0", "tcp://host", ""})
  void tcpTargetNeedsAPort(String text) {
    UsageException refusal =
        catchThrowableOfType(UsageException.class, () -> Targets.parse(text, Scheme.TCP));

    assertThat(refusal.remedy()).isEqualTo("For example: culvert tcp 22");
  }
}
