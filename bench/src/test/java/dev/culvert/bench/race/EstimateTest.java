package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EstimateTest {
  private static final Contender FRP = new Frp(Contender.Kind.TCP);
  private static final Contender CULVERT = new Culvert(Path.of("."), Contender.Kind.TCP);
  private static final List<Contender> TEN =
      List.of(CULVERT, CULVERT, FRP, FRP, FRP, FRP, FRP, FRP, FRP, FRP);

  private static long seconds(Contender contender, String... options) {
    Plan plan = Plan.parse(List.of(options), List.of("frp tcp", "culvert tcp"));
    Duration estimate = Estimate.of(plan, List.of(contender));
    return estimate.toSeconds();
  }

  @Test
  void aLoadTakesItsWindowAndWhatWarmsItUpInEachRound() {
    long one = seconds(FRP, "--loads", "down 8", "--rounds", "1", "--window", "10");
    long two = seconds(FRP, "--loads", "down 8,up 8", "--rounds", "1", "--window", "10");
    long threeRounds = seconds(FRP, "--loads", "down 8", "--rounds", "3", "--window", "10");

    assertThat(one).isBetween(12L, 15L);
    assertThat(two - one).isEqualTo(12);
    assertThat(threeRounds).isBetween(3 * one - 2, 3 * one);
  }

  @Test
  void whatCompilesItselfWarmsUpOnceForAPart() {
    long one = seconds(CULVERT, "--loads", "down 8", "--rounds", "1");
    long two = seconds(CULVERT, "--loads", "down 8,up 8", "--rounds", "1");

    assertThat(one - seconds(FRP, "--loads", "down 8", "--rounds", "1")).isGreaterThan(8);
    assertThat(two - one).isEqualTo(8);
  }

  @Test
  void fullRaceTakesAboutAnHour() {
    assertThat(Estimate.of(Plan.parse(List.of(), List.of()), TEN))
        .isBetween(Duration.ofMinutes(40), Duration.ofMinutes(75));
  }

  @Test
  void quickRaceTakesLessThanThreeMinutes() {
    assertThat(Estimate.of(Plan.parse(List.of("--quick"), List.of()), TEN))
        .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(3));
  }
}
