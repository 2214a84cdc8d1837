package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    List<String> options = List.of(args).subList(1, args.length);
    Plan plan;
    try {
      plan = Plan.parse(options.toArray(String[]::new));
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
      new Race(plan, ground).run(contenders(Path.of(args[0])));
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
    System.out.printf(
        "%d round(s); each load runs %d s (culvert: %d s) before it counts, and counts for %d s%n",
        plan.rounds(),
        plan.warmUp().toSeconds(),
        plan.slowWarmUp().toSeconds(),
        plan.window().toSeconds());
    try (BulkOrigin bulk = BulkOrigin.start()) {
      int web = Nginx.start(ground);
      List<Contender> contenders = ready(all, web);
      List<Contender> order = new ArrayList<>(contenders);
      for (int round = 1; round <= plan.rounds(); round++) {
        for (Contender contender : order) {
          System.out.printf("round %d: %s%n", round, contender.name());
          turn(new Turn(contender, plan, ground, scores, round), contender, bulk, web);
        }
        Collections.rotate(order, 1);
      }
      new Table(scores, contenders).print(System.out);
    }
    notes.forEach(System.out::println);
    Path directory = plan.record();
    if (directory != null) {
      scores.write(Files.createDirectories(directory).resolve("race.csv"));
    }
  }

  /** Those that are installed, start, answer, and encrypt. */
  private List<Contender> ready(List<Contender> all, int web) throws InterruptedException {
    List<Contender> ready = new ArrayList<>();
    for (Contender contender : all) {
      if (!plan.includes(contender)) {
        continue;
      }
      String obstacle = contender.obstacle();
      if (obstacle == null) {
        try {
          contender.prepare(ground);
          new Turn(contender, Plan.QUICK, ground, scores, 0).recover(web);
          ready.add(contender);
          continue;
        } catch (IOException e) {
          obstacle = reason(e);
        }
      }
      System.out.println("left out: " + contender.name() + ", " + obstacle);
      notes.add("left out: " + contender.name() + ", " + obstacle);
    }
    return ready;
  }

  private void turn(Turn turn, Contender contender, BulkOrigin bulk, int web)
      throws InterruptedException {
    attempt(contender, "bulk", () -> turn.carry(bulk));
    attempt(contender, "requests", () -> turn.answer(web));
    if (plan.loads() == Plan.Loads.ALL) {
      attempt(contender, "link cut", () -> turn.recover(web));
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
      String note = contender.name() + ", " + what + ": " + reason(e);
      System.out.println(note);
      notes.add(note);
    }
  }
}
