package dev.culvert.bench.race;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a race is.
 *
 * @param rounds in each of which every contender has its turn
 * @param loads which of the loads
 * @param warmUp how long each load runs before it counts
 * @param slowWarmUp the same for those that compile themselves while they run
 * @param window how long it counts
 * @param only the contenders that take part; none for all
 * @param record where the figures go as CSV; null for nowhere
 */
record Plan(
    int rounds,
    Loads loads,
    Duration warmUp,
    Duration slowWarmUp,
    Duration window,
    List<String> only,
    @Nullable Path record) {

  /** Two, or all there are. */
  enum Loads {
    TWO,
    ALL
  }

  static final String USAGE =
      """
      usage: bench/race [--quick] [--rounds N] [--window SECONDS] [--only NAME,NAME...] [--record DIR]
        --quick   two loads, one round, short warm-up: a check, no measurement
        --only    contenders whose names begin so, such as culvert,direct,frp
        --record  also writes every figure of every round to DIR/race.csv

      Programs of others are found on the PATH, or by RACE_FRPS, RACE_FRPC, RACE_RATHOLE, RACE_CHISEL, RACE_SSH,
      RACE_SSHD, RACE_HAPROXY and RACE_NGINX.
      """;

  static final Plan FULL =
      new Plan(
          5,
          Loads.ALL,
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          List.of(),
          null);

  static final Plan QUICK =
      new Plan(
          1,
          Loads.TWO,
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          List.of(),
          null);

  /** From the command line; {@code IllegalArgumentException} says what is wrong with it. */
  static Plan parse(String[] args) {
    Plan plan = List.of(args).contains("--quick") ? QUICK : FULL;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> {}
        case "--rounds" -> plan = plan.withRounds(number(args, ++i));
        case "--window" -> plan = plan.withWindow(Duration.ofSeconds(number(args, ++i)));
        case "--only" -> plan = plan.withOnly(List.of(value(args, ++i).split(",")));
        case "--record" -> plan = plan.withRecord(Path.of(value(args, ++i)));
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    return plan;
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      throw new IllegalArgumentException(args[index - 1] + " needs a value");
    }
    return args[index];
  }

  private static int number(String[] args, int index) {
    String value = value(args, index);
    if (!value.matches("[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException(value + " is not a number from 1 to 999");
    }
    return Integer.parseInt(value);
  }

  Duration warmUpOf(Contender contender) {
    return contender.warmsUpSlowly() ? slowWarmUp : warmUp;
  }

  boolean includes(Contender contender) {
    return only.isEmpty() || only.stream().anyMatch(contender.name()::startsWith);
  }

  private Plan withRounds(int number) {
    return new Plan(number, loads, warmUp, slowWarmUp, window, only, record);
  }

  private Plan withWindow(Duration length) {
    return new Plan(rounds, loads, warmUp, slowWarmUp, length, only, record);
  }

  private Plan withOnly(List<String> names) {
    return new Plan(rounds, loads, warmUp, slowWarmUp, window, names, record);
  }

  private Plan withRecord(Path directory) {
    return new Plan(rounds, loads, warmUp, slowWarmUp, window, only, directory);
  }
}
