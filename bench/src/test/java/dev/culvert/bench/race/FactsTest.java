package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FactsTest {
  @Test
  void versionIsTheFirstLineThatLooksLikeOne() {
    assertThat(
            Facts.shortened(
                "rathole \n\nBuild Timestamp:  2026-11-23T05:59:04.4Z\nBuild Version:  0.5.0\n"))
        .isEqualTo("Build Version: 0.5.0");
    assertThat(Facts.shortened("0.71.0\n")).isEqualTo("0.71.0");
    assertThat(Facts.shortened("none")).isEqualTo("?");
  }
}
