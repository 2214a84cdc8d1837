package dev.culvert.server.rules;

import dev.culvert.mux.control.HeaderEdits;
import dev.culvert.mux.control.VisitorFilter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request that has passed, until it is over. The request's event loop only, but for {@link
 * #release}.
 */
public final class Admission {
  static final Admission UNRULED = new Admission(List.of());

  private final List<Gate> gates;
  private final AtomicBoolean isReleased = new AtomicBoolean();
  private final long maxBodyBytes;
  private long bodyBytes;

  /** {@code gates} have been entered; where two edit the same, the first has the last word. */
  Admission(List<Gate> gates) {
    this.gates = gates;
    this.maxBodyBytes =
        gates.stream()
            .mapToLong(gate -> gate.rules().maxBodyBytes())
            .filter(max -> max > 0)
            .min()
            .orElse(Long.MAX_VALUE);
  }

  /** Changes the headers that the local service gets; Host is not among them. */
  public void editRequest(HttpHeaders headers) {
    if (gates.stream().anyMatch(Admission::hidesPassword)) {
      removeAlike(headers, HttpHeaderNames.AUTHORIZATION.toString());
    }
    for (Gate gate : gates.reversed()) {
      HeaderEdits edits = gate.rules().requestHeaders();
      edits.remove().forEach(name -> removeAlike(headers, name));
      edits.set().forEach(field -> removeAlike(headers, field.name()));
      edit(headers, edits);
    }
  }

  /** What a visitor wrote so that the service takes it for {@code name}. */
  private static void removeAlike(HttpHeaders headers, String name) {
    HeaderNames.alike(headers, name).forEach(headers::remove);
  }

  /** Removes from trailers what rules say of headers, as some services make no difference. */
  public void editTrailers(HttpHeaders trailers) {
    for (Gate gate : gates) {
      HeaderEdits edits = gate.rules().requestHeaders();
      edits.remove().forEach(name -> removeAlike(trailers, name));
      edits.set().forEach(field -> removeAlike(trailers, field.name()));
      for (VisitorFilter filter : gate.rules().filters()) {
        if (filter.part() == VisitorFilter.Part.HEADER) {
          removeAlike(trailers, String.valueOf(filter.name()));
        }
      }
    }
  }

  /** The Host that the local service is told, of a request for {@code asked}. */
  public String host(String asked) {
    for (Gate gate : gates) {
      String host = gate.rules().hostHeader();
      if (host != null) {
        return host;
      }
    }
    return asked;
  }

  private static boolean hidesPassword(Gate gate) {
    return gate.users() != null && !gate.rules().passAuthorization();
  }

  /** Changes the headers that the visitor gets of the local service's response. */
  public void editResponse(HttpHeaders headers) {
    for (Gate gate : gates.reversed()) {
      edit(headers, gate.rules().responseHeaders());
    }
  }

  private static void edit(HttpHeaders headers, HeaderEdits edits) {
    edits.remove().forEach(headers::remove);
    edits.set().forEach(field -> headers.set(field.name(), field.value()));
    edits.add().forEach(field -> headers.add(field.name(), field.value()));
  }

  /** Takes note of so many more bytes of the request's body; not null where they are too many. */
  public @Nullable RuleRefusal receiveBody(int bytes) {
    bodyBytes += bytes;
    return bodyBytes > maxBodyBytes ? RuleRefusal.bodyTooLarge(maxBodyBytes) : null;
  }

  /** Whether the response may be compressed. */
  public boolean mayCompress() {
    return gates.stream().anyMatch(gate -> gate.rules().compress());
  }

  /** The request is over, however it ended. Any thread; only the first call counts. */
  public void release() {
    if (isReleased.compareAndSet(false, true)) {
      gates.forEach(Gate::leave);
    }
  }
}
