package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.tls.PasswordHash;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class HashPasswordCommandTest {
  private final StringWriter out = new StringWriter();

  private int run(String user, String input) {
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    return new CommandLine(new HashPasswordCommand(new ByteArrayInputStream(bytes)))
        .setOut(new PrintWriter(out))
        .setExecutionExceptionHandler((failure, _, _) -> failure instanceof UsageException ? 2 : 1)
        .execute(user);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", "\nnext line"})
  void printsALineForTheFileOfRules(String end) {
    assertThat(run("alice", "p\u00e4ss:word" + end)).isZero();

    String line = out.toString().strip();
    assertThat(line).startsWith("alice:$argon2id$").doesNotContain("word");
    assertThat(PasswordHash.parse(line.substring("alice:".length())).matches("p\u00e4ss:word"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "short12", "with\ttab inside"})
  void whatIsNoPasswordIsRefused(String input) {
    assertThat(run("alice", input)).isEqualTo(2);
    assertThat(run("alice", "x".repeat(129))).isEqualTo(2);
    assertThat(run("alice", "x".repeat(100_000))).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", " \t", "a\nb"})
  void whatIsNoNameIsRefused(String user) {
    assertThat(run(user, "password")).isEqualTo(2);
  }

  @Test
  void programHasTheCommand() {
    CommandLineRun run = CommandLineRun.of("hash-password", "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("hash-password").contains("--rules");
  }
}
