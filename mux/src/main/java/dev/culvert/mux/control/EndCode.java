package dev.culvert.mux.control;

import com.google.gson.annotations.SerializedName;

/** Why the server ends a session, or does not begin one. */
public enum EndCode {
  /** The token is not accepted, or no longer; trying again is pointless. */
  @SerializedName("unauthorized")
  UNAUTHORIZED,
  /** What the client says is not understood here; trying again is pointless. */
  @SerializedName("unsupported")
  UNSUPPORTED,
  /** A newer session of the same instance took over; trying again would only take it back. */
  @SerializedName("superseded")
  SUPERSEDED,
  /** The server has too much to do; trying again later is sensible. */
  @SerializedName("busy")
  BUSY,
  /** The server stops, perhaps to start again; trying again is sensible. */
  @SerializedName("shutdown")
  SHUTDOWN
}
