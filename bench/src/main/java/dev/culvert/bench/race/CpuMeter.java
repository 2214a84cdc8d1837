package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have used, from {@code /proc}: all of a tunnel's, with those that came from them
 * and have ended. Linux only.
 */
final class CpuMeter {
  /** USER_HZ, in which Linux counts on every architecture that Java 25 runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER_TIME = 11; // counted from the state, which follows the name
  private static final int WAITED_SYSTEM_TIME = 14;

  private CpuMeter() {}

  /** Seconds of user and system time up to now, in steps of 10 ms. */
  static double cpuSeconds(List<Daemon> daemons) throws IOException {
    long ticks = 0;
    for (Daemon daemon : daemons) {
      for (ProcessHandle process : daemon.processes()) {
        ticks += ticks(process.pid());
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  private static long ticks(long pid) throws IOException {
    String stat;
    try {
      stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    } catch (NoSuchFileException ended) {
      return 0;
    }
    return ticks(stat);
  }

  /** The name in brackets may hold blanks and brackets. */
  static long ticks(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int field = USER_TIME; field <= WAITED_SYSTEM_TIME; field++) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks;
  }

  /** Megabytes of resident memory. */
  static double residentMegabytes(List<Daemon> daemons) throws IOException {
    long kilobytes = 0;
    for (Daemon daemon : daemons) {
      for (ProcessHandle process : daemon.processes()) {
        kilobytes += residentKilobytes(process.pid());
      }
    }
    return kilobytes * 1024 / 1e6;
  }

  private static long residentKilobytes(long pid) throws IOException {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (NoSuchFileException ended) {
      return 0;
    }
    return 0;
  }
}
