package dev.culvert.server.log;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way, until it becomes a line of the access log. On the visitor's event loop
 * only; made by {@link AccessLog#begin}.
 */
public final class RequestTrace {
  /** The status of a request whose visitor left before it was answered. */
  static final int GONE = 499;

  private final AccessLog log;
  private final long startNanos = System.nanoTime();
  private final Instant time = Instant.now();
  private final String address;
  private final String host;
  private final String method;
  private final String target;
  private final String protocol;
  private final String id;
  private final @Nullable String referer;
  private final @Nullable String agent;
  private @Nullable String owner;
  private @Nullable String error;
  private int status;
  private long bytesIn;
  private long bytesOut;
  private boolean isOver;

  RequestTrace(
      AccessLog log,
      String address,
      String host,
      String method,
      String target,
      String protocol,
      String id,
      @Nullable String referer,
      @Nullable String agent) {
    this.log = log;
    this.address = address;
    this.host = host;
    this.method = method;
    this.target = target;
    this.protocol = protocol;
    this.id = id;
    this.referer = referer;
    this.agent = agent;
  }

  /** The client whose tunnel it is for. */
  public void owner(String name) {
    owner = name;
  }

  /** What it is answered with. */
  public void status(int code) {
    status = code;
  }

  /** Why the edge answers, or cuts the answer: a stable code. */
  public void error(String code) {
    error = code;
  }

  /** So many bytes came of its body, or behind an upgrade. */
  public void received(long bytes) {
    bytesIn += bytes;
  }

  /** So many bytes were sent of the answer's body, or behind an upgrade. */
  public void sent(long bytes) {
    bytesOut += bytes;
  }

  /** Whether anything comes of this. */
  public boolean isLogged() {
    return !log.isOff();
  }

  /** The visitor left, with the answer or without. */
  public void gone() {
    if (status == 0) {
      status = GONE;
    }
    error = "visitor-gone";
    end();
  }

  /** The answer ends before it is whole. */
  public void cut() {
    error = "cut";
    end();
  }

  /** It is over: the answer's last byte is sent, or no more of it comes. The first call counts. */
  public void end() {
    if (isOver || log.isOff()) {
      return;
    }
    isOver = true;
    log.write(
        new Entry.Request(
            time,
            address,
            host,
            owner,
            method,
            target,
            protocol,
            status,
            Duration.ofNanos(System.nanoTime() - startNanos).toMillis(),
            bytesIn,
            bytesOut,
            id,
            referer,
            agent,
            error));
  }
}
