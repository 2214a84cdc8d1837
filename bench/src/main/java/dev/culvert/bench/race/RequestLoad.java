package dev.culvert.bench.race;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Requests for the page over some connections: as many as will, or at a rate. */
final class RequestLoad implements Load {
  /** What becomes of a connection when its request has been answered. */
  enum Connections {
    KEPT,
    NEW_EACH
  }

  private final String name;
  private final int visitors;
  private final Connections connections;
  private final double perSecond;

  private RequestLoad(String name, int visitors, Connections connections, double perSecond) {
    this.name = name;
    this.visitors = visitors;
    this.connections = connections;
    this.perSecond = perSecond;
  }

  /** Each visitor asks again as soon as it has its answer. */
  static RequestLoad unpaced(String name, int visitors, Connections connections) {
    return new RequestLoad(name, visitors, connections, Double.POSITIVE_INFINITY);
  }

  /**
   * Requests fall due at even distances, and take the first visitor that is free; the time of one
   * that found none free counts from when it was due.
   */
  static RequestLoad paced(String name, int visitors, double perSecond) {
    return new RequestLoad(name, visitors, Connections.KEPT, perSecond);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Unit unit() {
    return perSecond == Double.POSITIVE_INFINITY ? Unit.REQUEST : Unit.PACED_REQUEST;
  }

  @Override
  public Run start(Endpoint endpoint) throws IOException {
    String header = connections == Connections.KEPT ? "" : "Connection: close\r\n";
    RequestLoop loop =
        new RequestLoop(
            Ports.at(endpoint.port()),
            endpoint.request("GET " + Page.PATH, header),
            connections,
            new Pace(perSecond, System.nanoTime()));
    loop.open(visitors);
    Thread thread = Thread.ofPlatform().daemon().name("request-load").start(loop);
    return new Requests(loop, thread);
  }

  private record Requests(RequestLoop loop, Thread thread) implements Run {
    @Override
    public long done() {
      return loop.done();
    }

    @Override
    public void beginTimes() {
      loop.times().clear();
    }

    @Override
    public long[] times() {
      return loop.times().all();
    }

    @Override
    public @Nullable String failure() {
      return loop.failure();
    }

    @Override
    public void close() {
      loop.end();
      try {
        thread.join(5000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
