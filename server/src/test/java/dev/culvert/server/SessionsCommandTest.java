package dev.culvert.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.agent.SessionFacts;
import dev.culvert.tls.NegotiatedTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionsCommandTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;
  private Path state;

  @BeforeEach
  void name() {
    state = directory.resolve("state");
  }

  private static SessionFacts session(String client, Instant since) {
    return new SessionFacts(
        "id",
        client,
        "culvert 1",
        "192.0.2.1:5000",
        since,
        new NegotiatedTls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768", true));
  }

  @Test
  void sessionsAreListedWithWhatProtectsThem() throws Exception {
    try (StateDirectory _ = StateDirectory.open(state)) {
      new SessionsFile(state)
          .save(List.of(session("phone/b2", NOW.plusSeconds(9)), session("laptop/a1", NOW)));

      CommandLineRun run = CommandLineRun.in(state, "sessions");

      assertThat(run.exitCode()).isZero();
      assertThat(run.out().lines())
          .hasSize(3)
          .element(1)
          .asString()
          .matches(
              "laptop/a1 +192.0.2.1:5000 +2026-01-01T00:00:00 +TLSv1.3, X25519MLKEM768, resumed"
                  + " +culvert 1");
      assertThat(run.out()).contains("phone/b2");
    }
  }

  @Test
  void unchangedListIsNotWrittenAgain() throws Exception {
    try (StateDirectory _ = StateDirectory.open(state)) {
      SessionsFile file = new SessionsFile(state);
      file.save(List.of(session("laptop/a1", NOW)));
      Object before = Files.readAttributes(state.resolve("sessions.json"), "unix:ino").get("ino");

      file.save(List.of(session("laptop/a1", NOW)));

      assertThat(Files.readAttributes(state.resolve("sessions.json"), "unix:ino").get("ino"))
          .isEqualTo(before);
    }
  }

  @Test
  void withoutAServerThereIsNoList() throws Exception {
    CommandLineRun.in(state, "sessions").assertTold(1, "no server runs", "--state");
    try (StateDirectory _ = StateDirectory.open(state)) {
      new SessionsFile(state).save(List.of());
    }

    CommandLineRun.in(state, "sessions").assertTold(1, "no server runs", "--state");
  }
}
