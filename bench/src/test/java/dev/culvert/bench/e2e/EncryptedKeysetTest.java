package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.Forked.ForkedServer;
import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.client.ClientConfig;
import dev.culvert.mux.control.Secret;
import dev.culvert.tls.Trust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose signing keys a passphrase encrypts. */
@Timeout(60)
final class EncryptedKeysetTest {
  @TempDir private Path state;
  @TempDir private Path files;

  private static String newPassphrase() {
    String passphrase = UUID.randomUUID().toString();
    FinestOutput.tell(new Secret(passphrase));
    return passphrase;
  }

  private String file(String passphrase) throws Exception {
    return Files.writeString(files.resolve(UUID.randomUUID().toString()), passphrase + "\n")
        .toString();
  }

  private Forked keyset(String command, String... options) throws Exception {
    String[] arguments = new String[options.length + 4];
    System.arraycopy(options, 0, arguments, 4, options.length);
    arguments[0] = "keyset";
    arguments[1] = command;
    arguments[2] = "--state";
    arguments[3] = state.toString();
    return Forked.culvertd(state, arguments);
  }

  @Test
  void thePassphraseOfTheEnvironmentAndThatOfAFileOpenTheSameKeys() throws Exception {
    String passphrase = newPassphrase();
    Path keys = state.resolve("token-keyset.json");
    try (ForkedServer server = Forked.server(state, Map.of("CULVERTD_PASSPHRASE", passphrase))) {
      Forked another = keyset("show", "--passphrase-file", file(newPassphrase()));
      try (Client client =
          Client.start(
              new ClientConfig(
                  "127.0.0.1",
                  server.tunnelPort(),
                  Trust.pinned(server.pin()),
                  new Secret(server.token()),
                  ClientConfig.newInstance(),
                  List.of(Tunnel.http(1))))) {
        client.awaitOpened(1);
      }
      assertThat(another.await("(another passphrase)")).isNotEmpty();
      assertThat(another.awaitExit()).isNotZero();
      assertThat(server.forked().end()).isZero();
    }
    assertThat(Files.readString(keys)).contains("\"passphrase\"").doesNotContain("\"value\"");

    Forked same = keyset("protect", "--passphrase-file", file(passphrase), "--with-nothing");

    assertThat(same.awaitExit()).isZero();
    assertThat(Files.readString(keys)).contains("\"value\"");
  }
}
