package dev.culvert.mux.control;

import com.google.gson.annotations.SerializedName;

/** What a tunnel carries. */
public enum TunnelKind {
  /** HTTP requests for a host name. */
  @SerializedName("http")
  HTTP,
  /** TCP connections to a port. */
  @SerializedName("tcp")
  TCP
}
