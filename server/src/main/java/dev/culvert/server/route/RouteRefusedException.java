package dev.culvert.server.route;

import dev.culvert.mux.control.TunnelRefusalCode;

/** A tunnel that the client cannot have; the message says why and what to do. */
public final class RouteRefusedException extends Exception {
  private final TunnelRefusalCode code;
  private final String reason;

  public RouteRefusedException(TunnelRefusalCode code, String reason) {
    super(reason);
    this.code = code;
    this.reason = reason;
  }

  public String reason() {
    return reason;
  }

  public TunnelRefusalCode code() {
    return code;
  }
}
