package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.Forked.ForkedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All kinds of transfers are under way when something is killed; nobody on either side may see a
 * clean end.
 */
@Timeout(90)
final class CutTransferTest {
  private static final String GOES_ON = "goes on";
  private static final int UNDER_WAY_BYTES = 1 << 20;

  @TempDir private Path serverState;
  @TempDir private Path webState;
  @TempDir private Path tcpState;

  private final EndlessService endless = new EndlessService();

  /** What is killed, with everything under way. */
  private enum Victim {
    SERVER,
    CLIENTS,
    SERVICE
  }

  @Test
  void aKilledServerCutsEveryTransfer() throws Exception {
    assertThat(howTransfersEndAfterKilling(Victim.SERVER)).allSatisfy((k, v) -> isCut(k, v));
  }

  @Test
  void aKilledClientCutsEveryTransfer() throws Exception {
    assertThat(howTransfersEndAfterKilling(Victim.CLIENTS)).allSatisfy((k, v) -> isCut(k, v));
  }

  @Test
  void aKilledServiceCutsEveryTransfer() throws Exception {
    assertThat(howTransfersEndAfterKilling(Victim.SERVICE)).allSatisfy((k, v) -> isCut(k, v));
  }

  private static void isCut(String transfer, String end) {
    assertThat(end).as(transfer).isNotIn("end", GOES_ON);
  }

  /** By transfer: {@code end} for a clean end, else what the side that is left saw. */
  private Map<String, String> howTransfersEndAfterKilling(Victim victim) throws Exception {
    try (LocalService service = LocalService.start(endless::converse);
        ForkedServer server = Forked.server(serverState);
        Forked web = server.client(webState, List.of(), "http", service.port());
        Forked tcp = server.client(tcpState, List.of(), "tcp", service.port());
        Transfers transfers = new Transfers()) {
      URI https = URI.create(web.await("Forwarding (https://\\S+)"));
      URI http = URI.create(web.await("Forwarding (http://\\S+)"));
      int port = Integer.parseInt(tcp.await("Forwarding tcp://localhost:(\\d+)"));

      for (URI url : List.of(http, https)) {
        for (String path : List.of("/chunked", "/closed", "/length")) {
          transfers.download(url.getScheme() + path, request(url, "GET", path));
        }
        transfers.upload(
            url.getScheme() + " upload",
            request(url, "POST", "/", "Content-Length: 1000000000000"));
      }
      transfers.download("tcp download", connect(port, "D"));
      transfers.upload("tcp upload", connect(port, "U"));
      transfers.awaitUnderWay();
      for (int i = 0; i < 3; i++) {
        assertThat(endless.uploadsUnderWay.poll(20, TimeUnit.SECONDS)).isNotNull();
      }

      switch (victim) {
        case SERVER -> server.forked().kill();
        case CLIENTS -> {
          web.kill();
          tcp.kill();
        }
        case SERVICE -> service.kill();
      }

      Map<String, String> ends = transfers.ends();
      for (int i = 0; i < 3 && victim != Victim.SERVICE; i++) {
        String end = endless.uploadEnds.poll(20, TimeUnit.SECONDS);
        assertThat(end).as("the service noticed").isNotNull();
        ends.put("service's upload " + i, end.endsWith(" end") ? "end" : end);
      }
      return ends;
    }
  }

  private static RawVisitor request(URI url, String method, String path, String... headers)
      throws Exception {
    RawVisitor visitor = RawVisitor.to(url);
    visitor.request(method, path, headers);
    return visitor;
  }

  private static RawVisitor connect(int port, String word) throws IOException {
    RawVisitor visitor = RawVisitor.to(port);
    visitor.send(word);
    return visitor;
  }

  /** Visitors' transfers, each on a thread of its own. */
  private static final class Transfers implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<RawVisitor> visitors = new ArrayList<>();
    private final Map<String, Future<String>> ends = new TreeMap<>();
    private final List<CountDownLatch> underWay = new ArrayList<>();

    void download(String name, RawVisitor visitor) {
      visitors.add(visitor);
      CountDownLatch started = new CountDownLatch(1);
      underWay.add(started);
      ends.put(name, threads.submit(() -> read(visitor, started)));
    }

    private static String read(RawVisitor visitor, CountDownLatch started) {
      byte[] buffer = new byte[16 * 1024];
      long total = 0;
      try {
        InputStream in = visitor.in();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          total += n;
          if (total > UNDER_WAY_BYTES) {
            started.countDown();
          }
        }
        return "end";
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
    }

    /** Writes until that fails, then reads: what does the visitor learn? */
    void upload(String name, RawVisitor visitor) {
      visitors.add(visitor);
      ends.put(
          name,
          threads.submit(() -> {
            byte[] block = new byte[16 * 1024];
            try {
              while (true) {
                visitor.socket().getOutputStream().write(block);
              }
            } catch (IOException e) {
              return String.valueOf(e.getMessage());
            }
          }));
    }

    void awaitUnderWay() throws InterruptedException {
      for (CountDownLatch started : underWay) {
        assertThat(started.await(20, TimeUnit.SECONDS)).as("under way").isTrue();
      }
    }

    Map<String, String> ends() throws Exception {
      Map<String, String> all = new TreeMap<>();
      for (Map.Entry<String, Future<String>> end : ends.entrySet()) {
        all.put(end.getKey(), outcome(end.getValue()));
      }
      return all;
    }

    private static String outcome(Future<String> end) throws Exception {
      try {
        return end.get(10, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        return GOES_ON;
      }
    }

    @Override
    public void close() throws IOException {
      for (RawVisitor visitor : visitors) {
        visitor.cut();
      }
      threads.close();
    }
  }
}
