package dev.culvert.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.ClientEnd;
import dev.culvert.client.cli.ConnectionOptions.Connection;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.tls.Trust;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user is told to do whose tunnel is not opened. */
final class RefusalRemedyTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "TAKEN, leave it out to be given one",
        "INVALID, Correct it",
        "FORBIDDEN, what the token allows",
        "EXHAUSTED, End a tunnel",
        "none, another one"
      })
  void itDependsOnWhyItIsRefused(@Nullable TunnelRefusalCode code, String remedy) {
    Connection connection =
        new Connection("a.example", 7000, new Trust.SystemAuthorities(), new Secret("token"));
    ClientEnd end = new ClientEnd(ClientEnd.Kind.TUNNEL_REFUSED, "no", code);

    assertThat(TunnelRun.remedy(end, connection)).contains(remedy);
  }
}
