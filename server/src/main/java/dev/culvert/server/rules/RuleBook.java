package dev.culvert.server.rules;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.culvert.mux.control.VisitorRules;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Holds visitors' requests to the rules: those of the server for the host first, then those of the
 * tunnel. A request has to pass all of them. Any thread; nothing here blocks.
 */
public final class RuleBook implements AutoCloseable {
  private final Ticker clock;
  private final IntSupplier httpsPort;
  private final VisitorBuckets buckets;
  private final PasswordChecks passwords;
  private volatile List<HostGate> hostGates = List.of();

  /** The gate of all hosts that a pattern stands for. */
  private record HostGate(HostRules section, Glob host, Gate gate) {}

  /** {@code httpsPort} is the one that visitors are redirected to. */
  public RuleBook(IntSupplier httpsPort) {
    this(httpsPort, Ticker.systemTicker(), PasswordChecks.newThreads());
  }

  RuleBook(IntSupplier httpsPort, Ticker clock, Executor executor) {
    this.httpsPort = httpsPort;
    this.clock = clock;
    this.buckets = new VisitorBuckets(clock);
    this.passwords = new PasswordChecks(executor, clock, buckets);
  }

  /**
   * A gate for {@code rules}, to be kept as long as they hold.
   *
   * @throws IllegalArgumentException that says which of them cannot be used
   */
  public Gate gate(VisitorRules rules) {
    if (rules.kinds().isEmpty() && rules.unknown().isEmpty()) {
      return Gate.OPEN;
    }
    return new Gate(
        rules,
        rules.tunnelRate() == null ? null : new TokenBucket(rules.tunnelRate(), clock.read()));
  }

  /**
   * Replaces the server's own rules. Sections that stay as they are go on counting.
   *
   * @throws IllegalArgumentException that says which cannot be used; then nothing is replaced
   */
  public void replaceHostRules(List<HostRules> sections) {
    List<HostGate> before = hostGates;
    List<HostGate> after = new ArrayList<>();
    for (HostRules section : sections) {
      HostGate same = null;
      for (HostGate old : before) {
        if (old.section().equals(section) && !after.contains(old)) {
          same = old;
        }
      }
      after.add(
          same != null
              ? same
              : new HostGate(
                  section,
                  new Glob(section.host(), '.', Glob.Case.IGNORED),
                  gate(section.rules())));
    }
    hostGates = List.copyOf(after);
  }

  /** How many sections the server's own rules have. */
  public int hostRules() {
    return hostGates.size();
  }

  /**
   * Holds {@code request} to the rules of its host and of {@code gate}. {@code answer} is called
   * once, here and now, or by {@code loop} where a password has to be looked at first; by then the
   * visitor may have gone, and an admission is released nevertheless.
   */
  public void check(Gate gate, VisitorRequest request, Executor loop, Consumer<Verdict> answer) {
    List<Gate> gates = gates(request.host(), gate);
    if (gates.isEmpty()) {
      answer.accept(new Verdict.Passed(Admission.UNRULED));
    } else {
      new Passage(gates, request, loop, answer).go();
    }
  }

  private List<Gate> gates(String host, Gate gate) {
    List<HostGate> own = hostGates;
    if (own.isEmpty()) {
      return gate.isOpen() ? List.of() : List.of(gate);
    }
    List<Gate> gates = new ArrayList<>();
    for (HostGate hostGate : own) {
      if (hostGate.host().matches(host)) {
        gates.add(hostGate.gate());
      }
    }
    if (!gate.isOpen()) {
      gates.add(gate);
    }
    return gates;
  }

  @Override
  public void close() {
    passwords.close();
  }

  /** One request on its way through the gates. */
  private final class Passage {
    private final List<Gate> gates;
    private final VisitorRequest request;
    private final Executor loop;
    private final Consumer<Verdict> answer;
    private final List<Gate> entered = new ArrayList<>();

    Passage(List<Gate> gates, VisitorRequest request, Executor loop, Consumer<Verdict> answer) {
      this.gates = gates;
      this.request = request;
      this.loop = loop;
      this.answer = answer;
    }

    void go() {
      while (entered.size() < gates.size()) {
        Gate gate = gates.get(entered.size());
        RuleRefusal refusal = gate.checkRequest(request, buckets, httpsPort.getAsInt(), clock);
        if (refusal != null) {
          refuse(refusal);
          return;
        }
        KnownUsers users = gate.users();
        if (users != null) {
          authenticate(gate, users);
          return;
        }
        if (!enter(gate)) {
          return;
        }
      }
      answer.accept(new Verdict.Passed(new Admission(entered)));
    }

    private void authenticate(Gate gate, KnownUsers users) {
      BasicCredentials credentials = BasicCredentials.of(request.headers());
      if (credentials == null) {
        refuse(RuleRefusal.unauthorized(request.host()));
        return;
      }
      CompletableFuture<PasswordChecks.Answer> known =
          passwords.check(users, credentials, request.visitor());
      if (known.isDone()) {
        authenticated(gate, known.join());
      } else {
        known.thenAccept(later -> loop.execute(() -> authenticated(gate, later)));
      }
    }

    private void authenticated(Gate gate, PasswordChecks.Answer known) {
      RuleRefusal refusal =
          switch (known.outcome()) {
            case RIGHT -> null;
            case WRONG -> RuleRefusal.unauthorized(request.host());
            case BUSY -> RuleRefusal.busy();
            case TOO_MANY -> RuleRefusal.tooManyFailures(known.waitNanos());
          };
      if (refusal != null) {
        refuse(refusal);
      } else if (enter(gate)) {
        go();
      }
    }

    private boolean enter(Gate gate) {
      RuleRefusal refusal = gate.enter(clock.read());
      if (refusal != null) {
        refuse(refusal);
        return false;
      }
      entered.add(gate);
      return true;
    }

    private void refuse(RuleRefusal refusal) {
      entered.forEach(Gate::leave);
      answer.accept(new Verdict.Refused(refusal));
    }
  }
}
