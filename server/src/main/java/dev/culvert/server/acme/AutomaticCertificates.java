package dev.culvert.server.acme;

import dev.culvert.server.acme.IssueException.Scope;
import dev.culvert.tls.AlpnChallenge;
import dev.culvert.tls.ClientHello;
import dev.culvert.tls.ClientHelloDispatch.Destination;
import dev.culvert.tls.KeyAndChain;
import dev.culvert.tls.PrivateFile;
import dev.culvert.tls.ServerTls;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.exception.AcmeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates that the server orders for itself: one for its domain and every name below it where
 * there is a {@link AcmeSettings#dnsHook}, else one for each name that is in use.
 *
 * <p>Orders are taken one after the other, on a thread of its own, and start when a name is first
 * wanted; nobody waits for them. All other methods may be called on any thread and return at once.
 */
public final class AutomaticCertificates implements AutoCloseable {
  /*
   * Invariants:
   * - Nothing is ordered for a name that OwnNames does not confirm, when it is asked for and again
   *   when its turn comes.
   * - The journal says of each order that it was made, before and after it was made.
   */
  private static final Logger logger = LoggerFactory.getLogger(AutomaticCertificates.class);
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30); // clocks are set, too
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final AcmeSettings settings;
  private final OwnNames names;
  private final Path directory;
  private final CaProvider provider;
  private final Journal journal;
  private final Plan plan;
  private final Challenges challenges = new Challenges();
  private final List<ChallengeKind> kinds;
  private final @Nullable DnsHook hook;
  private final Adoption adoption;
  private final InstantSource clock;
  private final Semaphore wake = new Semaphore(0); // a permit for each name that is new
  private final Thread thread =
      Thread.ofPlatform().daemon().name("culvert-acme").unstarted(this::runAll);
  private boolean hasOtherProven; // the acme thread's: the kind that worked last is not the first
  private volatile boolean isClosed;

  /** Keeps a new certificate for the next start, and presents it from now on. */
  @FunctionalInterface
  public interface Adoption {
    void adopt(KeyAndChain certificate) throws IOException;
  }

  private AutomaticCertificates(
      AcmeSettings settings,
      OwnNames names,
      Path directory,
      Collection<KeyAndChain> present,
      List<ChallengeKind> kinds,
      Adoption adoption,
      InstantSource clock)
      throws IOException {
    this.settings = settings;
    this.names = names;
    this.directory = directory;
    this.adoption = adoption;
    this.clock = clock;
    this.kinds = List.copyOf(kinds);
    provider = CaProvider.open(settings.authorities());
    hook = settings.dnsHook() == null ? null : new DnsHook(settings.dnsHook(), DnsHook.LONGEST);
    journal = Journal.open(directory.resolve("orders.json"), settings.directory());
    plan = new Plan(journal.memory(), present, clock, RandomGenerator.getDefault());
  }

  /**
   * Goes on where an earlier process has stopped; nothing is ordered before {@link #start}.
   *
   * @param names whose certificates may be ordered
   * @param state the server's state directory
   * @param present certificates that were issued before, whoever issued them
   * @param kinds what the listeners can answer beside {@link ChallengeKind#DNS}, the favourite
   *     first
   * @throws IOException with the remedy, where a file is damaged or cannot be had
   */
  public static AutomaticCertificates open(
      AcmeSettings settings,
      OwnNames names,
      Path state,
      Collection<KeyAndChain> present,
      List<ChallengeKind> kinds,
      Adoption adoption,
      InstantSource clock)
      throws IOException {
    Path directory = state.resolve("acme").resolve(settings.fileName());
    PrivateFile.createDirectory(directory);
    return new AutomaticCertificates(settings, names, directory, present, kinds, adoption, clock);
  }

  /** The listeners are there: the authority may come. */
  public void start() {
    want(names.domain());
    thread.start();
  }

  /** Sees to a certificate for {@code host}, where that is a name of ours. */
  public void want(String host) {
    List<String> wanted = names.certificateFor(host, hook != null);
    if (wanted != null && plan.want(wanted)) {
      wake.release();
    }
  }

  /** Where an authority's connection goes; null for a connection that is not an authority's. */
  public @Nullable Destination challenge(ClientHello hello) {
    if (hello.serverName() == null || !AlpnChallenge.isAskedBy(hello)) {
      return null;
    }
    ServerTls tls = challenges.tls(hello.serverName());
    return tls == null
        ? null
        : new Destination(tls, channel -> channel.pipeline().addLast(new EndOfHandshake()));
  }

  /** What answers an authority on a visitor's connection, behind its HTTP codec. */
  public ChannelHandler newResponder() {
    return new ChallengeResponder(challenges);
  }

  /** The authority has seen all there is to see. */
  private static final class EndOfHandshake extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent) {
        ctx.close();
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private void runAll() {
    while (!isClosed) {
      try {
        if (!runNext()) {
          sleep();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void sleep() throws InterruptedException {
    Instant next = plan.nextAt();
    Duration left = next == null ? LONGEST_SLEEP : Duration.between(clock.instant(), next);
    long millis = Math.clamp(left.toMillis(), 1, LONGEST_SLEEP.toMillis());
    if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }

  /** Does what is due, if anything is. The acme thread only. */
  boolean runNext() throws InterruptedException {
    Ticket ticket = plan.due();
    if (ticket == null) {
      return false;
    }
    if (!ticket.names().equals(names.certificateFor(ticket.id(), hook != null))) {
      plan.letGo(ticket);
      return true;
    }
    try {
      order(ticket);
    } catch (AcmeException | IssueException | IOException | RuntimeException e) {
      if (isClosed) {
        throw new InterruptedException();
      }
      if (plan.account() != null && CaFailures.isNoAccount(e)) {
        logger.warn("the authority has forgotten the account, a new one is made");
        plan.forgetAccount();
      } else {
        failed(ticket, CaFailures.of(e));
      }
    }
    write();
    return true;
  }

  private void order(Ticket ticket)
      throws AcmeException, IssueException, IOException, InterruptedException {
    String id = ticket.id();
    List<ChallengeKind> ways = ways(ticket);
    Path keyFile = directory.resolve(id + ".key.pem");
    Proof.Checkpoint checkpoint = () -> journal.write(plan.memory());
    try (CaSession session =
        new CaSession(settings, provider, directory.resolve("account.pem"), plan)) {
      Login login = login(session);
      checkpoint.write();
      Proof proof = new Proof(id, challenges, hook, plan, checkpoint);
      OrderRun run = new OrderRun(id, login, plan, proof, checkpoint, keyFile, ways);
      KeyAndChain issued = run.run();
      adoption.adopt(issued);
      if (ways.size() > 1) {
        hasOtherProven = !ways.equals(kinds);
      }
      X509Certificate certificate = issued.chain().getFirst();
      Instant renewal = plan.issued(id, certificate);
      run.forget();
      logger.info(
          "{}: has a certificate until {}, from {}; it will be renewed at {}",
          describe(ticket),
          certificate.getNotAfter().toInstant(),
          settings.directory().getHost(),
          renewal.truncatedTo(ChronoUnit.SECONDS));
    }
  }

  /** What fails here fails for every name. */
  private static Login login(CaSession session) throws IssueException, IOException {
    try {
      return session.login();
    } catch (AcmeException | RuntimeException e) {
      IssueException failure = CaFailures.of(e);
      throw new IssueException(
          Scope.AUTHORITY, "no account: " + failure.reason(), failure.retryAfter(), e);
    }
  }

  /**
   * Kinds of challenge, the one whose turn it is first: what was not tried the last time, or else
   * what worked the last time.
   */
  private List<ChallengeKind> ways(Ticket ticket) {
    if (ticket.names().size() > 1) {
      return List.of(ChallengeKind.DNS);
    }
    boolean isFirstsTurn =
        ticket.tried() == null ? !hasOtherProven : ticket.tried() != kinds.getFirst();
    return isFirstsTurn ? kinds : kinds.reversed();
  }

  private void failed(Ticket ticket, IssueException failure) {
    List<ChallengeKind> ways = ways(ticket);
    Instant next = plan.failed(ticket.id(), failure, ways.getFirst(), ways.size() - 1);
    write();
    logger.warn(
        "{}: no new certificate: {}; the next try is {}",
        describe(ticket),
        failure.reason(),
        next.isAfter(clock.instant()) ? "at " + next.truncatedTo(ChronoUnit.SECONDS) : "made now");
    logger.debug("{}", ticket.id(), failure);
  }

  private static String describe(Ticket ticket) {
    return String.join(", ", ticket.names());
  }

  private void write() {
    try {
      journal.write(plan.memory());
    } catch (IOException e) {
      logger.error("the state of certificate orders cannot be written: {}", e.getMessage());
    }
  }

  /** Ends what is under way, for another process to go on with. Returns when it has ended. */
  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
    try {
      if (thread.isAlive() && !thread.join(LONGEST_CLOSE)) {
        logger.warn("certificate orders did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
