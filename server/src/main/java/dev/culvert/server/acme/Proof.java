package dev.culvert.server.acme;

import dev.culvert.server.acme.IssueException.Scope;
import dev.culvert.server.acme.Ticket.TxtRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Dns01Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to the challenges of one order: there from {@link #prepare} to {@link #close}. The
 * acme thread only. What the DNS hook publishes is written down before it does.
 */
final class Proof implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Proof.class);

  private final String id;
  private final Challenges challenges;
  private final @Nullable DnsHook hook;
  private final Plan plan;
  private final Checkpoint checkpoint;
  private final List<Runnable> withdrawals = new ArrayList<>();

  /** Writes down what the plan knows. */
  @FunctionalInterface
  interface Checkpoint {
    void write() throws IOException;
  }

  Proof(
      String id, Challenges challenges, @Nullable DnsHook hook, Plan plan, Checkpoint checkpoint) {
    this.id = id;
    this.challenges = challenges;
    this.hook = hook;
    this.plan = plan;
    this.checkpoint = checkpoint;
  }

  /** Has the answer to {@code challenge} for {@code host} in place. */
  void prepare(Challenge challenge, String host)
      throws IssueException, IOException, InterruptedException {
    switch (challenge) {
      case Http01Challenge http -> {
        challenges.answerHttp(http.getToken(), http.getAuthorization());
        withdrawals.add(() -> challenges.forgetHttp(http.getToken()));
      }
      case TlsAlpn01Challenge tls -> {
        challenges.answerTls(host, tls.getAcmeValidation());
        withdrawals.add(() -> challenges.forgetTls(host));
      }
      case Dns01Challenge dns -> publish(new TxtRecord("_acme-challenge." + host, dns.getDigest()));
      default -> throw new IssueException(Scope.NAMES, "unknown challenge " + challenge.getType());
    }
  }

  private void publish(TxtRecord record) throws IssueException, IOException, InterruptedException {
    if (hook == null) {
      throw new IssueException(Scope.NAMES, "there is no DNS hook");
    }
    plan.update(plan.ticket(id).withRecord(record));
    checkpoint.write();
    hook.present(record);
  }

  /** Removes what an earlier order, of this process or of one before, has left in the DNS. */
  void cleanUp() throws InterruptedException, IOException {
    for (TxtRecord record : plan.ticket(id).records()) {
      try {
        if (hook != null) {
          hook.cleanUp(record);
        }
      } catch (IssueException e) {
        logger.warn(
            "{}: the TXT record {} \"{}\" must be removed by hand: {}",
            id,
            record.name(),
            record.value(),
            e.reason());
      }
      plan.update(plan.ticket(id).without(record));
      checkpoint.write();
    }
  }

  /** Takes the answers back that cost no time; records in the DNS are left to {@link #cleanUp}. */
  @Override
  public void close() {
    withdrawals.forEach(Runnable::run);
    withdrawals.clear();
  }
}
