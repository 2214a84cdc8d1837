package dev.culvert.bench.race;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a race is, and who does what in it.
 *
 * @param rounds in each of which every contender has its turn
 * @param warmUp how long each load runs before it counts
 * @param window how long a load counts
 * @param windows how many windows of each load are shown from its start on, instead of a race; 0
 *     for a race
 * @param contenders that take part
 * @param loads that they carry
 * @param record where the figures go; null for nowhere
 */
record Plan(
    int rounds,
    WarmUp warmUp,
    Duration window,
    int windows,
    Selection contenders,
    Selection loads,
    @Nullable Path record) {

  static final String USAGE =
      """
      usage: bench/race [--quick] [--rounds N] [--window SECONDS] [--only NAME,NAME...] [--loads NAME,NAME...]
                        [--record DIR] [--windows N]
        --quick   two loads, one round, short warm-up: a check, no measurement
        --only    contenders of these names, or whose names begin so, such as culvert,direct,frp
        --loads   loads of these names, or whose names begin so, such as "down 8,keep-alive,ping"
        --record  also writes every figure of every round, the tables and what the machine is to DIR
        --windows instead of a race, shows what each load costs in N windows from the start of the tunnel on

      Programs of others are found on the PATH, or by RACE_FRPS, RACE_FRPC, RACE_RATHOLE, RACE_CHISEL, RACE_SSH,
      RACE_SSHD, RACE_HAPROXY and RACE_NGINX.
      """;

  private static final String QUICK_LOADS = "down 8,keep-alive 64";

  /** From the command line; {@code IllegalArgumentException} says what is wrong with it. */
  static Plan parse(List<String> args, List<String> contenders) {
    boolean quick = args.contains("--quick");
    int rounds = quick ? 1 : 5;
    Duration window = Duration.ofSeconds(quick ? 2 : 3);
    int windows = 0;
    Selection only = Selection.all(contenders);
    Selection loads = quick ? Selection.of(QUICK_LOADS, Loads.NAMES) : Selection.all(Loads.NAMES);
    Path record = null;
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--quick" -> {}
        case "--rounds" -> rounds = number(args, ++i);
        case "--window" -> window = Duration.ofSeconds(number(args, ++i));
        case "--windows" -> windows = number(args, ++i);
        case "--only" -> only = Selection.of(value(args, ++i), contenders);
        case "--loads" -> loads = Selection.of(value(args, ++i), Loads.NAMES);
        case "--record" -> record = Path.of(value(args, ++i));
        default -> throw new IllegalArgumentException("unknown option " + args.get(i));
      }
    }
    WarmUp warmUp = quick ? WarmUp.QUICK : WarmUp.FULL;
    return new Plan(rounds, warmUp, window, windows, only, loads, record);
  }

  /** Whether {@code load} is chosen, and is one for {@code contender}. */
  boolean includes(Contender contender, String load) {
    boolean isForIt =
        switch (load) {
          case PingLoad.NAME, Loads.LONG_LINK -> contender.kind() == Contender.Kind.TCP;
          case Loads.LINK_CUT -> contender.reconnects();
          default -> true;
        };
    return isForIt && loads.includes(load);
  }

  private static String value(List<String> args, int index) {
    if (index >= args.size()) {
      throw new IllegalArgumentException(args.get(index - 1) + " needs a value");
    }
    return args.get(index);
  }

  private static int number(List<String> args, int index) {
    String value = value(args, index);
    if (!value.matches("[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException(value + " is not a number from 1 to 999");
    }
    return Integer.parseInt(value);
  }

  @Override
  public String toString() {
    return "%d round(s); a load counts for %d s, after %s"
        .formatted(rounds, window.toSeconds(), warmUp);
  }
}
