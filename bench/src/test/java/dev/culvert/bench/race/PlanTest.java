package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlanTest {
  @Test
  void optionsChangeThePlanWhereverQuickStands() {
    String[] options = "--rounds 3 --window 7 --only direct,frp --record d --quick".split(" ", -1);

    Plan plan = Plan.parse(options);

    assertThat(plan.loads()).isEqualTo(Plan.Loads.TWO);
    assertThat(plan.rounds()).isEqualTo(3);
    assertThat(plan.window()).isEqualTo(Duration.ofSeconds(7));
    assertThat(plan.record()).isEqualTo(Path.of("d"));
    assertThat(plan.includes(new Frp(Contender.Kind.HTTP))).isTrue();
    assertThat(plan.includes(new Chisel())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rounds", "--rounds 0", "--rounds x", "--fast"})
  void wrongOptionsAreRefused(String options) {
    assertThatIllegalArgumentException().isThrownBy(() -> Plan.parse(options.split(" ", -1)));
  }
}
