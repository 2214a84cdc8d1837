package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.client.ClientConfig;
import dev.culvert.client.ClientEnd;
import dev.culvert.client.ClientEvent;
import dev.culvert.client.CulvertClient;
import dev.culvert.client.local.RequestRecord;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A running client and what was heard of it. */
final class Client implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;

  private final CulvertClient client;
  private final BlockingQueue<ClientEvent> events;
  private List<ClientEvent.Opened> opened = List.of();

  private Client(CulvertClient client, BlockingQueue<ClientEvent> events) {
    this.client = client;
    this.events = events;
  }

  static Client start(ClientConfig config) throws Exception {
    FinestOutput.tell(config.token());
    FinestOutput.tell(config.instance());
    BlockingQueue<ClientEvent> events = new LinkedBlockingQueue<>();
    return new Client(CulvertClient.start(config, events::add), events);
  }

  /** Waits for the next event of a kind; earlier ones of other kinds are forgotten. */
  <E extends ClientEvent> E await(Class<E> kind) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      ClientEvent event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(event).as("%s within %d s", kind.getSimpleName(), DEADLINE_SECONDS).isNotNull();
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
      if (event instanceof ClientEvent.Ended ended) {
        throw new AssertionError("the client ended: " + ended);
      }
    }
  }

  void awaitOpened(int tunnels) throws InterruptedException {
    List<ClientEvent.Opened> all = new ArrayList<>();
    while (all.size() < tunnels) {
      all.add(await(ClientEvent.Opened.class));
    }
    opened = List.copyOf(all);
  }

  /** All that is heard until the first tunnel is open. */
  List<ClientEvent> eventsToOpened() throws InterruptedException {
    List<ClientEvent> heard = new ArrayList<>();
    while (heard.isEmpty() || !(heard.getLast() instanceof ClientEvent.Opened)) {
      heard.add(await(ClientEvent.class));
    }
    return heard;
  }

  RequestRecord awaitRequest() throws InterruptedException {
    return await(ClientEvent.Request.class).request();
  }

  ClientEnd awaitEnd() throws InterruptedException {
    return await(ClientEvent.Ended.class).end();
  }

  /** Where visitors reach the first tunnel over HTTP. */
  URI http() {
    return url(0, "http://");
  }

  /** Where visitors reach the first tunnel over HTTPS. */
  URI https() {
    return url(0, "https://");
  }

  /** The public port of the first tunnel, over TCP. */
  int port() {
    return url(0, "tcp://").getPort();
  }

  URI url(int tunnel, String scheme) {
    return URI.create(
        opened.get(tunnel).urls().stream()
            .filter(url -> url.startsWith(scheme))
            .findFirst()
            .orElseThrow());
  }

  @Override
  public void close() {
    client.close();
  }
}
