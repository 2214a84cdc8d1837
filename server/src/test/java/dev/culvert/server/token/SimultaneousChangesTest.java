package dev.culvert.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several stores change one directory at the same time. */
final class SimultaneousChangesTest {
  private static final int TOKENS_EACH = 10;

  @TempDir private Path directory;

  @Test
  void storesInOneProcessLoseNoToken() throws Exception {
    CyclicBarrier start = new CyclicBarrier(4);
    List<Future<?>> issuers = new ArrayList<>();

    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        String prefix = "thread-" + i + "-";
        issuers.add(
            threads.submit(() -> {
              start.await();
              issue(directory, prefix);
              return prefix;
            }));
      }
    }

    for (Future<?> issuer : issuers) {
      issuer.get();
    }
    assertThat(TokenStore.open(directory).list()).hasSize(4 * TOKENS_EACH);
  }

  @Test
  void processesLoseNoTokenAndAgreeOnTheKeyset() throws Exception {
    Process first = issuer("first-");
    Process second = issuer("second-");

    assertThat(first.waitFor()).isZero();
    assertThat(second.waitFor()).isZero();
    assertThat(TokenStore.open(directory).list()).hasSize(2 * TOKENS_EACH);
  }

  private Process issuer(String prefix) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Issuer.class.getName(),
            directory.toString(),
            prefix)
        .redirectOutput(Redirect.INHERIT)
        .redirectError(Redirect.INHERIT)
        .start();
  }

  private static void issue(Path directory, String prefix) throws Exception {
    TokenStore store = TokenStore.open(directory);
    for (int i = 0; i < TOKENS_EACH; i++) {
      IssuedToken token = store.create(prefix + i);
      try (TokenVerifier verifier = TokenVerifier.open(TokenStore.open(directory))) {
        assertThat(verifier.verify(token.text()).toCompletableFuture().join())
            .isInstanceOf(Verification.Accepted.class);
      }
    }
  }

  /** The other process. */
  static final class Issuer {
    private Issuer() {}

    public static void main(String[] arguments) throws Exception {
      issue(Path.of(arguments[0]), arguments[1]);
    }
  }
}
