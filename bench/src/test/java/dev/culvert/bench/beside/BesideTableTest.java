package dev.culvert.bench.beside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BesideTableTest {
  @Test
  void cellIsTheMedianOfTheRoundsWithLeastAndMost() {
    String odd =
        BesideTable.of(List.of("go-tls Ping 900", "go-tls Ping 15000.4", "go-tls Ping 1000"));
    String even = BesideTable.of(List.of("go-tls Ping 10", "go-tls Ping 40"));

    assertThat(odd).contains("| Ping | - | 1,000 (900 to 15,000) | - | - |");
    assertThat(even).contains("| Ping | - | 25 (10 to 40) | - | - |");
  }

  @Test
  void columnsAreOfOneBearerSideBySide() {
    String table =
        BesideTable.of(
            List.of(
                "rust-tcp Accept 4", "ours-tls Accept 1", "go-tls Accept 2", "ours-tcp Accept 3"));

    assertThat(table)
        .startsWith(
            """
            | ns an operation | Culvert, TLS | hashicorp/yamux, TLS | Culvert, TCP | rust yamux, TCP |
            |---|---|---|---|---|
            """)
        .contains("| Accept | 1 (1 to 1) | 2 (2 to 2) | 3 (3 to 3) | 4 (4 to 4) |");
  }

  @Test
  void missingToolchainLeavesDashes() {
    assertThat(BesideTable.of(List.of("ours-tls SendRecv4096 1")))
        .contains("| SendRecv4096 | 1 (1 to 1) | - | - | - |")
        .contains("| SendRecv32 | - | - | - | - |");
  }

  @Test
  void lineOfSomethingElseIsRefused() {
    for (String line : List.of("", "go-tls Ping", "go-tls Pong 1", "c-tls Ping 1")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> BesideTable.of(List.of(line)))
          .withMessage("line: " + line + " (expected: WHO WHAT NANOSECONDS)");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BesideTable.of(List.of("go-tls Ping 1,5")));
  }
}
