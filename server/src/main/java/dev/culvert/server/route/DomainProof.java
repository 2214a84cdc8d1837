package dev.culvert.server.route;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the DNS of a host name shows that it belongs to the bearer of a token: a TXT record at
 * {@code _culvert.HOST} that says {@code culvert-token=ID}. Any thread; nothing here blocks.
 *
 * <p>What was found is believed for a minute, and for ten seconds where it was nothing. At most
 * {@value #MAX_PENDING} questions are open at a time, and {@value #MAX_PENDING_OF_ONE} for one
 * token; what was not asked for that reason is not remembered. The first question starts a thread
 * for all. Each question goes out from a port of its own, so that nobody can guess where an answer
 * is awaited.
 */
public final class DomainProof implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(DomainProof.class);

  static final int MAX_PENDING = 64;
  static final int MAX_PENDING_OF_ONE = 32;

  /** Of one host: what else its zone says need not stay in memory. */
  static final int MAX_TEXTS = 32;

  private static final String TEXT_START = "culvert-token=";
  private static final int MAX_TEXT_CHARS = 100;
  private static final int QUERY_MILLIS = 2000;
  private static final int TRIES = 3;
  private static final int MAX_CACHED = 1000;
  private static final Duration FOUND = Duration.ofMinutes(1);
  private static final Duration NOT_FOUND = Duration.ofSeconds(10);
  private static final long CLOSE_MILLIS = 1000;

  private final @Nullable InetSocketAddress nameServer;
  private final AsyncCache<String, Records> records;
  private final AtomicInteger pending = new AtomicInteger();
  private final ConcurrentMap<String, Integer> pendingByToken = new ConcurrentHashMap<>();
  private @Nullable EventLoopGroup loop; // guarded by this
  private @Nullable DnsNameResolver resolver; // guarded by this
  private boolean isClosed; // guarded by this

  /** What is known of a host name and a token. */
  public enum Outcome {
    PROVEN,
    /** The DNS says otherwise, or nothing. */
    NOT_PROVEN,
    /** The DNS does not answer, or too many wait for it. */
    UNKNOWN,
    /** Too many questions for the same token are open. */
    BUSY
  }

  /** Which tokens the DNS names, and what it means for the others; how long that is believed. */
  private record Records(Set<String> texts, Outcome otherwise, Duration kept) {
    static final Records NONE = new Records(Set.of(), Outcome.NOT_PROVEN, NOT_FOUND);
    static final Records UNANSWERED = new Records(Set.of(), Outcome.UNKNOWN, NOT_FOUND);
    static final Records UNASKED = new Records(Set.of(), Outcome.UNKNOWN, Duration.ZERO);
    static final Records BUSY = new Records(Set.of(), Outcome.BUSY, Duration.ZERO);
  }

  /** Asks {@code nameServer}, or those of the system where it is null. */
  public DomainProof(@Nullable InetSocketAddress nameServer) {
    this.nameServer = nameServer;
    this.records =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfter(Expiry.creating((String _, Records found) -> found.kept()))
            .executor(Runnable::run)
            .buildAsync();
  }

  /** Completes on a thread of its own, or at once; never exceptionally. */
  public CompletionStage<Outcome> check(String host, String tokenId) {
    return records
        .get(host, (name, _) -> lookUp(name, tokenId))
        .thenApply(
            known -> known.texts().contains(text(tokenId)) ? Outcome.PROVEN : known.otherwise());
  }

  /** Asks anew from here on. */
  void forget() {
    records.synchronous().invalidateAll();
  }

  /** The record that is looked for, as one writes it into a zone. */
  public static String record(String host, String tokenId) {
    return recordName(host) + " TXT " + text(tokenId);
  }

  private static String recordName(String host) {
    return "_culvert." + host;
  }

  private static String text(String tokenId) {
    return TEXT_START + tokenId;
  }

  private CompletableFuture<Records> lookUp(String host, String tokenId) {
    DnsNameResolver open = resolver();
    int ofToken = pendingByToken.merge(tokenId, 1, Integer::sum);
    int ofAll = pending.incrementAndGet();
    if (open == null || ofToken > MAX_PENDING_OF_ONE || ofAll > MAX_PENDING) {
      answered(tokenId);
      return CompletableFuture.completedFuture(
          ofToken > MAX_PENDING_OF_ONE ? Records.BUSY : Records.UNASKED);
    }
    CompletableFuture<Records> found = new CompletableFuture<>();
    try {
      ask(open, host, tokenId, TRIES, found);
    } catch (RuntimeException e) { // no socket is to be had, for instance
      answered(tokenId);
      logger.warn("the DNS cannot be asked whose {} is: {}", host, e.toString());
      found.complete(Records.UNASKED);
    }
    return found;
  }

  private void answered(String tokenId) {
    pending.decrementAndGet();
    pendingByToken.computeIfPresent(tokenId, (_, count) -> count == 1 ? null : count - 1);
  }

  private void ask(
      DnsNameResolver open,
      String host,
      String tokenId,
      int tries,
      CompletableFuture<Records> answer) {
    open.query(new DefaultDnsQuestion(recordName(host) + ".", DnsRecordType.TXT))
        .addListener((Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> done) -> {
          if (!done.isSuccess() && tries > 1) {
            ask(
                open, host, tokenId, tries - 1,
                answer); // of the next name server, where there are several
            return;
          }
          answered(tokenId);
          answer.complete(
              done.isSuccess() ? take(host, done.getNow()) : unanswered(host, done.cause()));
        });
  }

  private synchronized @Nullable DnsNameResolver resolver() {
    if (isClosed || resolver != null) {
      return resolver;
    }
    if (loop == null) {
      loop =
          new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("culvert-dns", true), NioIoHandler.newFactory());
    }
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder(loop.next())
            .datagramChannelType(NioDatagramChannel.class)
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .socketChannelType(NioSocketChannel.class) // for what is too long for a datagram
            .queryTimeoutMillis(QUERY_MILLIS);

    if (nameServer != null) {
      builder.nameServerProvider(new SingletonDnsServerAddressStreamProvider(nameServer));
    }
    try {
      resolver = builder.build();
    } catch (RuntimeException e) { // no socket is to be had, for instance
      logger.warn("the DNS cannot be asked: {}", e.toString());
    }
    return resolver;
  }

  private static Records unanswered(String host, Object reason) {
    logger.warn("the DNS does not say whose {} is: {}", host, reason);
    return Records.UNANSWERED;
  }

  private static Records take(
      String host, AddressedEnvelope<DnsResponse, InetSocketAddress> envelope) {
    try {
      DnsResponse response = envelope.content();
      if (response.code().equals(DnsResponseCode.NXDOMAIN)) {
        return Records.NONE;
      }
      return response.code().equals(DnsResponseCode.NOERROR)
          ? texts(response)
          : unanswered(host, response.code());
    } finally {
      envelope.release();
    }
  }

  private static Records texts(DnsResponse response) {
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      if (response.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord answer
          && answer.type().equals(DnsRecordType.TXT)
          && texts.size() < MAX_TEXTS) {
        String text = text(answer.content());
        if (text.startsWith(TEXT_START) && text.length() <= MAX_TEXT_CHARS) {
          texts.add(text);
        }
      }
    }
    return texts.isEmpty() ? Records.NONE : new Records(texts, Outcome.NOT_PROVEN, FOUND);
  }

  /** The parts of a TXT record, each behind its length, as one (RFC 1035, section 3.3.14). */
  private static String text(ByteBuf content) {
    StringBuilder text = new StringBuilder();
    while (content.isReadable()) {
      int bytes = Math.min(content.readUnsignedByte(), content.readableBytes());
      text.append(content.readCharSequence(bytes, StandardCharsets.US_ASCII));
    }
    return text.toString();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    if (resolver != null) {
      resolver.close();
    }
    if (loop != null) {
      loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
    resolver = null;
  }
}
