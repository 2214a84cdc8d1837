package dev.culvert.bench.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlanTest {
  private static final List<String> CONTENDERS =
      List.of("direct", "frp tcp", "frp http", "ssh default", "chisel");

  private static Plan parse(String options) {
    return Plan.parse(List.of(options.split(" ", -1)), CONTENDERS);
  }

  @Test
  void optionsChangeThePlanWhereverQuickStands() {
    Plan plan = parse("--rounds 3 --window 7 --only direct,frp --record d --quick");

    assertThat(plan.loads().chosen()).containsExactly("down 8", "keep-alive 64");
    assertThat(plan.rounds()).isEqualTo(3);
    assertThat(plan.window()).isEqualTo(Duration.ofSeconds(7));
    assertThat(plan.record()).isEqualTo(Path.of("d"));
    assertThat(plan.contenders().chosen()).containsExactly("direct", "frp tcp", "frp http");
  }

  @Test
  void chosenLoadsGoBeforeTheQuickOnes() {
    Plan plan = parse("--quick --loads ping,link");

    assertThat(plan.loads().chosen()).containsExactly("ping beside down 4", "link cut");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rounds",
        "--rounds 0",
        "--rounds x",
        "--fast",
        "--only nobody",
        "--loads down,x",
        "--loads ,"
      })
  void wrongOptionsAreRefused(String options) {
    assertThatIllegalArgumentException().isThrownBy(() -> parse(options));
  }

  @Test
  void whatAContenderCannotDoIsNotAskedOfIt() {
    Plan plan = parse("--rounds 1");

    assertThat(plan.includes(new Frp(Contender.Kind.TCP), Loads.LONG_LINK)).isTrue();
    assertThat(plan.includes(new Frp(Contender.Kind.HTTP), Loads.LONG_LINK)).isFalse();
    assertThat(plan.includes(new Frp(Contender.Kind.HTTP), PingLoad.NAME)).isFalse();
    assertThat(plan.includes(new Frp(Contender.Kind.HTTP), Loads.LINK_CUT)).isTrue();
    assertThat(plan.includes(OpenSsh.withDefaultCipher(), Loads.LINK_CUT)).isFalse();
  }
}
