package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.bench.e2e.RawAnswer.Chosen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scanner would find out about visitors' TLS with certificates of other kinds. */
@Timeout(120)
final class CertificateFactsTest {
  private static final Path OPENSSL = Path.of("/usr/bin/openssl");

  @TempDir private Path directory;

  @Test
  void rsaCertificateBringsNoOtherSuitesThanTheModernOnes() throws Exception {
    List<Integer> taken = new ArrayList<>();
    try (TlsListener listener = TlsListener.start(directory, "RSA")) {
      for (int range : new int[] {0x0000, 0xc000, 0xcc00}) {
        for (int suite = range; suite <= range + 0xff; suite++) {
          boolean isSignal = suite == 0x00ff;
          if (!isSignal
              && RawHello.of(RawHello.TLS_1_2, suite).sendTo(listener.address())
                  instanceof Chosen) {
            taken.add(suite);
          }
        }
      }
    }

    assertThat(taken).containsExactly(0xc02f, 0xc030, 0xcca8);
  }

  @Test
  void sessionWithOneCertificateIsNoneWithAnother() throws Exception {
    assumeTrue(Files.isExecutable(OPENSSL) || System.getenv("CI") != null, "there is no openssl");
    Path session = directory.resolve("session");
    try (TlsListener one = TlsListener.start(directory, "EC");
        TlsListener other = TlsListener.start(directory, "EC")) {
      String first = connect(one, "-sess_out", session.toString());
      String second = connect(one, "-sess_in", session.toString());
      String elsewhere = connect(other, "-sess_in", session.toString());

      assertThat(first).contains("New, TLSv1.2");
      assertThat(second).contains("Reused, TLSv1.2");
      assertThat(elsewhere).contains("New, TLSv1.2");
    }
  }

  private static String connect(TlsListener listener, String option, String file) throws Exception {
    return TlsListener.run(
        OPENSSL.toString(),
        "s_client",
        "-tls1_2",
        "-connect",
        "127.0.0.1:" + listener.address().getPort(),
        option,
        file);
  }
}
