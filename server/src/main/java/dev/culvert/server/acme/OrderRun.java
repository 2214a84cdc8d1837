package dev.culvert.server.acme;

import dev.culvert.server.acme.IssueException.Scope;
import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.KeyPairFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/**
 * Takes one order from where it stands to its certificate, step by step and in real time. The acme
 * thread only; interrupting it ends the run, and another one can go on from there.
 */
final class OrderRun {
  /*
   * Invariants:
   * - Each step is written down before the authority is asked for what cannot be asked for twice:
   *   a new order is counted before it is made, and the key is on disk before it is certified.
   * - An order that cannot come to its end any more is dropped, and its key with it.
   */
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration FIRST_POLL = Duration.ofMillis(200);
  private static final Duration LONGEST_POLL = Duration.ofSeconds(10);

  private final String id;
  private final Login login;
  private final Plan plan;
  private final Proof proof;
  private final Proof.Checkpoint checkpoint;
  private final Path keyFile;
  private final List<ChallengeKind> kinds; // the favourite first
  private final long deadlineNanos = System.nanoTime() + LONGEST.toNanos();

  OrderRun(
      String id,
      Login login,
      Plan plan,
      Proof proof,
      Proof.Checkpoint checkpoint,
      Path keyFile,
      List<ChallengeKind> kinds) {
    this.id = id;
    this.login = login;
    this.plan = plan;
    this.proof = proof;
    this.checkpoint = checkpoint;
    this.keyFile = keyFile;
    this.kinds = kinds;
  }

  /** The certificate; its key's own file stays until {@link #forget}. */
  KeyAndChain run() throws AcmeException, IssueException, IOException, InterruptedException {
    proof.cleanUp();
    Order order = resumedOrNew();
    if (order.getStatus() == Status.PENDING) {
      prove(order);
    }
    if (order.getStatus() == Status.READY) {
      order.execute(key());
      await(order, status -> status == Status.VALID || status == Status.INVALID);
    } else if (order.getStatus() == Status.PROCESSING) {
      await(order, status -> status == Status.VALID || status == Status.INVALID);
    }
    if (order.getStatus() != Status.VALID) {
      forget();
      throw new IssueException(Scope.NAMES, "the order failed: " + problem(order));
    }
    return downloaded(order);
  }

  /** The order is over, one way or another. */
  void forget() throws IOException {
    plan.update(plan.ticket(id).withOrder(null));
    checkpoint.write();
    Files.deleteIfExists(keyFile);
  }

  private Order resumedOrNew() throws AcmeException, IOException {
    String url = plan.ticket(id).order();
    if (url != null) {
      Order order = login.bindOrder(CaSession.url(url));
      if (canGoOn(order)) {
        return order;
      }
      forget();
    }
    Files.deleteIfExists(keyFile);
    plan.countOrder();
    checkpoint.write();
    Order order = login.newOrder().domains(plan.ticket(id).names()).create();
    plan.update(plan.ticket(id).withOrder(order.getLocation().toString()));
    checkpoint.write();
    return order;
  }

  private boolean canGoOn(Order order) throws AcmeException {
    try {
      order.fetch();
    } catch (AcmeException e) {
      if (CaFailures.saysNoSuchOrder(e)) {
        return false;
      }
      throw e;
    }
    return switch (order.getStatus()) {
      case PENDING, READY -> true;
      case PROCESSING, VALID -> Files.exists(keyFile);
      default -> false;
    };
  }

  private KeyPair key() throws IOException {
    if (Files.exists(keyFile)) {
      return KeyPairFile.read(keyFile);
    }
    KeyPair key = KeyPairFile.generate();
    KeyPairFile.write(keyFile, key);
    return key;
  }

  private KeyAndChain downloaded(Order order) throws IssueException, IOException {
    try {
      return new KeyAndChain(key().getPrivate(), order.getCertificate().getCertificateChain());
    } catch (IllegalArgumentException e) {
      forget();
      throw new IssueException(
          Scope.NAMES, "the authority sent a certificate for another key", null, e);
    }
  }

  private void prove(Order order)
      throws AcmeException, IssueException, IOException, InterruptedException {
    List<Authorization> open = new ArrayList<>();
    try (proof) {
      List<Challenge> chosen = new ArrayList<>();
      for (Authorization authorization : order.getAuthorizations()) {
        if (authorization.getStatus() == Status.PENDING) {
          Challenge challenge = choice(authorization);
          proof.prepare(challenge, authorization.getIdentifier().getDomain());
          open.add(authorization);
          chosen.add(challenge);
        }
      }
      for (Challenge challenge : chosen) {
        if (challenge.getStatus() == Status.PENDING) {
          challenge.trigger();
        }
      }
      for (Authorization authorization : open) {
        await(authorization, status -> status != Status.PENDING);
        if (authorization.getStatus() != Status.VALID) {
          forget();
          deactivateOthers(open);
          throw new IssueException(Scope.CHALLENGE, refusal(authorization));
        }
      }
    } catch (IssueException e) {
      proof.cleanUp();
      throw e;
    }
    proof.cleanUp();
    await(order, status -> status != Status.PENDING);
  }

  /** One that the authority is looking at already, else the first of our kinds that it offers. */
  private Challenge choice(Authorization authorization) throws IssueException, IOException {
    List<Challenge> offered = authorization.getChallenges();
    for (Challenge challenge : offered) {
      if (challenge.getStatus() == Status.PROCESSING
          && kinds.stream().anyMatch(kind -> kind.isOf(challenge))) {
        return challenge;
      }
    }
    for (ChallengeKind kind : kinds) {
      for (Challenge challenge : offered) {
        if (kind.isOf(challenge)) {
          return challenge;
        }
      }
    }
    forget();
    throw new IssueException(
        Scope.NAMES,
        "the authority offers no challenge that can be met here (offered: "
            + String.join(", ", offered.stream().map(Challenge::getType).toList())
            + ")");
  }

  /** So that the authority, which counts them, need not wait for their end. */
  private static void deactivateOthers(List<Authorization> authorizations) throws AcmeException {
    for (Authorization authorization : authorizations) {
      authorization.fetch();
      if (authorization.getStatus() == Status.PENDING) {
        authorization.deactivate();
      }
    }
  }

  private static String refusal(Authorization authorization) {
    return authorization.getChallenges().stream()
        .flatMap(challenge -> challenge.getError().stream())
        .map(Object::toString)
        .findFirst()
        .orElse("the authorization is " + authorization.getStatus());
  }

  private static String problem(Order order) {
    return order.getError().map(Object::toString).orElse("it is " + order.getStatus());
  }

  /** Asks again and again, as often as the authority wants, until the status is as wished. */
  private void await(PollableResource resource, Predicate<Status> wished)
      throws AcmeException, IssueException, InterruptedException {
    Duration pause = FIRST_POLL;
    while (!wished.test(resource.getStatus())) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new IssueException(
            Scope.NAMES, "the authority did not come to an end in " + LONGEST.toMinutes() + " min");
      }
      Thread.sleep(pause);
      Optional<Instant> retryAfter = resource.fetch();
      pause =
          retryAfter
              .map(time -> Duration.between(Instant.now(), time))
              .orElse(pause.multipliedBy(2));
      if (pause.compareTo(FIRST_POLL) < 0) {
        pause = FIRST_POLL;
      } else if (pause.compareTo(LONGEST_POLL) > 0) {
        pause = LONGEST_POLL;
      }
    }
  }
}
