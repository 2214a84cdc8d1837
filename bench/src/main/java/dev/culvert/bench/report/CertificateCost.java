package dev.culvert.bench.report;

import dev.culvert.tls.CertificateDirectory;
import dev.culvert.tls.CertificateStore;
import dev.culvert.tls.DevAuthority;
import dev.culvert.tls.KeyAndChain;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program {@code bench/certificates}: processor time and memory of each of many certificates,
 * from its file to its context. Linux only; one thread.
 */
public final class CertificateCost {
  private static final int PAGE_BYTES = 4096;
  private static final int LOOKUPS = 1_000_000;
  private static final int BY_DEFAULT_ROUTE = 200;

  /** Processor time of this thread, heap in use, and memory of the process. */
  private record Spent(long nanos, long heapBytes, long residentBytes) {
    static Spent now() throws IOException {
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      Runtime runtime = Runtime.getRuntime();
      long heap = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) {
        System.gc();
        heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
      }
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3);
      return new Spent(nanos, heap, Long.parseLong(pages[1]) * PAGE_BYTES);
    }
  }

  private CertificateCost() {}

  /** Takes how many certificates there shall be. */
  public static void main(String[] args) throws Exception {
    int count = args.length == 0 ? 10_000 : Integer.parseInt(args[0]);
    Path directory = Files.createTempDirectory("culvert-certificates");
    try {
      measure(directory, count);
    } finally {
      delete(directory);
    }
  }

  private static void measure(Path directory, int count) throws Exception {
    KeyAndChain one = write(directory, count);
    warmUp(one);
    System.out.printf("%d certificates, P-256, chains of 2, a file each%n", count);
    System.out.printf("%-34s %12s %12s %12s%n", "each", "CPU us", "heap bytes", "other bytes");
    CertificateStore store = new CertificateStore(InstantSource.system());

    Spent start = Spent.now();
    CertificateDirectory opened =
        CertificateDirectory.open(
            directory, store, System.err::println, System.err::println, InstantSource.system());
    Spent read = Spent.now();
    print("read from its file", start, read, count);

    opened.look();
    start = Spent.now();
    for (int looked = 0; looked < count; looked += 100) {
      opened.look();
    }
    print("looked at, unchanged", start, Spent.now(), count);

    start = Spent.now();
    for (int i = 0; i < LOOKUPS; i++) {
      if (store.find(name(i % count)) == null) {
        throw new IllegalStateException("a certificate is missing");
      }
    }
    print("selected by its name", start, Spent.now(), LOOKUPS);

    start = Spent.now();
    for (int i = 0; i < count; i++) {
      store.https(name(i));
    }
    print("context", start, Spent.now(), count);
    printDefaultRoute(one);
    System.out.printf("%d certificates, %d contexts%n", store.size(), store.contexts());
    store.sweep();
    store.sweep();
    System.out.printf("after a sweep: %d contexts%n", store.contexts());
    store.close();
  }

  /** The same as it would be with a context made of key and chain, as most programs do. */
  private static void printDefaultRoute(KeyAndChain one) throws Exception {
    List<SslContext> contexts = new ArrayList<>();
    Spent start = Spent.now();
    for (int i = 0; i < BY_DEFAULT_ROUTE; i++) {
      contexts.add(
          SslContextBuilder.forServer(one.key(), one.chain())
              .sslProvider(SslProvider.OPENSSL_REFCNT)
              .build());
    }
    print("context by Netty's default route", start, Spent.now(), BY_DEFAULT_ROUTE);
    contexts.forEach(ReferenceCountUtil::release);
  }

  private static void warmUp(KeyAndChain one) {
    CertificateStore store = new CertificateStore(InstantSource.system());
    store.setDefault(one);
    store.https(null);
    store.close();
  }

  private static void print(String what, Spent from, Spent to, int count) {
    System.out.printf(
        "%-34s %12.2f %12d %12d%n",
        what,
        (to.nanos - from.nanos) / 1e3 / count,
        (to.heapBytes - from.heapBytes) / count,
        (to.residentBytes - from.residentBytes) / count);
  }

  private static String name(int i) {
    return "host-" + i + ".example.test";
  }

  /** A key of its own for each; the last one is the answer. */
  private static KeyAndChain write(Path directory, int count) throws Exception {
    Path home = Files.createTempDirectory("culvert-authority");
    try {
      DevAuthority authority = DevAuthority.loadOrCreate(home);
      String issuer = Files.readString(authority.certificateFile());
      KeyAndChain issued = authority.issue(List.of("warm.example.test"));
      for (int i = 0; i < count; i++) {
        issued = authority.issue(List.of(name(i)));
        X509Certificate certificate = issued.chain().getFirst();
        Files.writeString(
            directory.resolve(name(i) + ".pem"),
            pem("CERTIFICATE", certificate.getEncoded())
                + issuer
                + pem("PRIVATE KEY", issued.key().getEncoded()));
      }
      return issued;
    } finally {
      delete(home);
    }
  }

  private static String pem(String kind, byte[] content) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
