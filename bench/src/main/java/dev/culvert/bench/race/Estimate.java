package dev.culvert.bench.race;

import java.time.Duration;
import java.util.List;

/** How long a race takes, about. */
final class Estimate {
  private static final double START_SECONDS = 0.5;
  private static final double SLOW_START_SECONDS = 2;

  private Estimate() {}

  /** Each is started once more, before the first round. */
  static Duration of(Plan plan, List<Contender> contenders) {
    double seconds = 0;
    for (Contender contender : contenders) {
      seconds += startSeconds(contender) + plan.rounds() * turnSeconds(plan, contender);
    }
    return Duration.ofSeconds(Math.round(seconds));
  }

  private static double turnSeconds(Plan plan, Contender contender) {
    double seconds = partSeconds(plan, contender, Loads.BULK);
    double requests = partSeconds(plan, contender, Loads.REQUESTS);
    seconds += requests == 0 ? 0 : requests + seconds(plan.warmUp().settling());
    seconds += partSeconds(plan, contender, List.of(Loads.LONG_LINK));
    if (plan.includes(contender, Loads.LINK_CUT)) {
      seconds += startSeconds(contender) + seconds(Turn.REST);
    }
    return seconds;
  }

  private static double partSeconds(Plan plan, Contender contender, List<String> loads) {
    double seconds = 0;
    for (String load : loads) {
      if (plan.includes(contender, load)) {
        seconds +=
            load.equals(Loads.MANY_IDLE)
                ? 2 * seconds(Turn.REST)
                : seconds(plan.warmUp().later(contender)) + seconds(plan.window());
      }
    }
    if (seconds == 0) {
      return 0;
    }
    seconds += seconds(plan.warmUp().first(contender)) - seconds(plan.warmUp().later(contender));
    return seconds + startSeconds(contender) + seconds(Turn.REST);
  }

  private static double startSeconds(Contender contender) {
    return contender.warmsUpSlowly() ? SLOW_START_SECONDS : START_SECONDS;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
