package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.cli.ConnectionOptions.Connection;
import dev.culvert.mux.control.Secret;
import dev.culvert.tls.Trust;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user is told who meets a server that is not trusted. */
final class TrustRemedyTest {
  private static final Trust PIN =
      Trust.pinned("sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");

  private static String remedy(String host, Trust trust) {
    return TunnelRun.trustRemedy(new Connection(host, 7000, trust, new Secret("token")));
  }

  @Test
  void itDependsOnHowTrustIsConfigured() {
    assertThat(remedy("a.example", PIN)).startsWith("Compare --pin");
    assertThat(remedy("a.example", new Trust.AuthorityFile(Path.of("ca.pem"))))
        .startsWith("Check the address and --ca-file, or give --pin");
    assertThat(remedy("a.example", new Trust.SystemAuthorities()))
        .startsWith("Give --pin as culvertd prints it, or --ca-file");
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "::1, true", "localhost, true", "tunnel.example.com, false"})
  void itTellsWhichServersAreKnownByTheirPinOnly(String host, boolean isTold) {
    assertThat(remedy(host, new Trust.SystemAuthorities()).contains("by --pin only"))
        .isEqualTo(isTold);
    assertThat(remedy(host, PIN)).doesNotContain("only");
  }
}
