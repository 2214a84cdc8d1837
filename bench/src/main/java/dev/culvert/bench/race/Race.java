package dev.culvert.bench.race;

import dev.culvert.bench.race.report.Scores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The program {@code bench/race}: tunnels side by side on this machine, one at a time, in rounds.
 * It reports, and holds nothing to a limit.
 */
public final class Race {
  private final Plan plan;
  private final Ground ground;
  private final Scores scores = new Scores();
  private final List<String> notes = new ArrayList<>();

  private Race(Plan plan, Ground ground) {
    this.plan = plan;
    this.ground = ground;
  }

  /** Takes the project's directory, and then options. */
  public static void main(String[] args) throws Exception {
    List<Contender> contenders = contenders(Path.of(args[0]));
    Plan plan;
    try {
      plan =
          Plan.parse(
              List.of(args).subList(1, args.length),
              contenders.stream().map(Contender::name).toList());
    } catch (IllegalArgumentException e) {
      System.err.println("bench/race: " + e.getMessage() + "\n" + Plan.USAGE);
      System.exit(2);
      return;
    }
    String missing = Programs.missing("openssl", "nginx");
    if (missing != null) {
      System.err.println("bench/race needs them: " + missing);
      System.exit(1);
    }
    try (Ground ground = Ground.prepare()) {
      Runtime.getRuntime().addShutdownHook(new Thread(ground::close));
      new Race(plan, ground).run(contenders);
    }
  }

  private static List<Contender> contenders(Path project) {
    return List.of(
        new Direct(),
        new Culvert(project, Contender.Kind.TCP),
        new HaproxyPair(),
        new Frp(Contender.Kind.TCP),
        new Rathole(Rathole.Transport.TLS),
        new Rathole(Rathole.Transport.NOISE),
        new Chisel(),
        OpenSsh.withDefaultCipher(),
        OpenSsh.withAesGcm(),
        new Culvert(project, Contender.Kind.HTTP),
        new Frp(Contender.Kind.HTTP));
  }

  private void run(List<Contender> all) throws IOException, InterruptedException {
    try (BulkOrigin bulk = BulkOrigin.start()) {
      int web = Nginx.start(ground);
      List<Contender> contenders = ready(all, web);
      if (plan.windows() > 0) {
        for (Contender contender : contenders) {
          attempt(contender, "warm-up", () -> new Windows(contender, plan, ground).show(bulk, web));
        }
        return;
      }
      Report report = new Report(Facts.text(ground, contenders), plan, scores, notes);
      System.out.println(report.facts() + "\n" + plan + ".");
      System.out.println("This takes about " + minutes(Estimate.of(plan, contenders)) + ".");
      long start = System.nanoTime();
      List<Contender> order = new ArrayList<>(contenders);
      for (int round = 1; round <= plan.rounds(); round++) {
        for (Contender contender : order) {
          System.out.printf(
              "%s: round %d, %s%n",
              minutes(Duration.ofNanos(System.nanoTime() - start)), round, contender.name());
          turn(contender, new Scorecard(scores, round, contender), bulk, web);
        }
        Collections.rotate(order, -1);
        if (plan.record() != null) {
          report.write(plan.record());
        }
      }
      System.out.print("\n" + report.text());
    }
  }

  private static String minutes(Duration duration) {
    return "%d:%02d min".formatted(duration.toMinutes(), duration.toSecondsPart());
  }

  /** Those that are installed, start, answer, and encrypt. */
  private List<Contender> ready(List<Contender> all, int web) throws InterruptedException {
    List<Contender> ready = new ArrayList<>();
    for (Contender contender : all) {
      if (!plan.contenders().includes(contender.name())) {
        continue;
      }
      String obstacle = contender.obstacle();
      if (obstacle == null) {
        try {
          contender.prepare(ground);
          new OverLinks(contender, plan, ground).showNothing(web);
          ready.add(contender);
          continue;
        } catch (IOException e) {
          obstacle = reason(e);
        }
      }
      note("left out: " + contender.name() + ", " + obstacle);
    }
    return ready;
  }

  private void turn(Contender contender, Scorecard card, BulkOrigin bulk, int web)
      throws InterruptedException {
    Turn turn = new Turn(contender, plan, ground, card);
    OverLinks overLinks = new OverLinks(contender, plan, ground);
    if (Loads.BULK.stream().anyMatch(load -> plan.includes(contender, load))) {
      attempt(contender, "bulk", () -> turn.carry(bulk));
    }
    if (Loads.REQUESTS.stream().anyMatch(load -> plan.includes(contender, load))) {
      attempt(contender, "requests", () -> turn.answer(web));
    }
    if (plan.includes(contender, Loads.LONG_LINK)) {
      attempt(contender, Loads.LONG_LINK, () -> overLinks.carryFar(bulk, card));
    }
    if (plan.includes(contender, Loads.LINK_CUT)) {
      attempt(contender, Loads.LINK_CUT, () -> overLinks.recover(web, card));
    }
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  private interface Part {
    void run() throws IOException, InterruptedException;
  }

  /** What a contender cannot do is noted, and the race goes on. */
  private void attempt(Contender contender, String what, Part part) throws InterruptedException {
    try {
      part.run();
    } catch (IOException e) {
      note(contender.name() + ", " + what + ": " + reason(e));
    }
  }

  private void note(String note) {
    System.out.println(note);
    notes.add(note);
  }
}
