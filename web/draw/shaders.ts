/** The two shaders of all space views. Positions are in world units; sizes in world units, pixels, or the larger of both. */

const CAMERA = `
uniform vec4 uCamera; // centre x, y; pixels a unit; time in seconds
uniform vec2 uSize; // of the view, in pixels
vec4 toClip(vec2 px) { return vec4(px.x * 2.0 / uSize.x, -px.y * 2.0 / uSize.y, 0.0, 1.0); }
vec2 toPx(vec2 world) { return (world - uCamera.xy) * uCamera.z; }
`;

export const MARK_VERTEX = `#version 300 es
precision highp float;
${CAMERA}
in vec2 aPosition;
in vec2 aCenter;
in vec3 aSize; // radius in world units, least and most in pixels
in vec4 aColor;
in vec4 aForm; // shape, rotation, param, how much it adds to what is below
out vec2 vAt;
out vec4 vColor;
out vec4 vForm;
out float vPx;
void main() {
  float radius = clamp(aSize.x * uCamera.z, aSize.y, aSize.z);
  vAt = aPosition;
  vColor = aColor;
  vForm = aForm;
  vPx = 1.0 / max(radius, 0.5);
  float c = cos(aForm.y), s = sin(aForm.y);
  vec2 corner = mat2(c, s, -s, c) * aPosition;
  gl_Position = toClip(toPx(aCenter) + corner * radius);
}`;

export const MARK_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 uCamera;
in vec2 vAt;
in vec4 vColor;
in vec4 vForm;
in float vPx;
out vec4 finalColor;
const float TAU = 6.2831853;
float fill(float d) { return 1.0 - smoothstep(-vPx, vPx, d); }
float line(float d, float width) { return fill(abs(d) - width); }
float segment(vec2 p, vec2 a, vec2 b) {
  vec2 pa = p - a, ba = b - a;
  return length(pa - ba * clamp(dot(pa, ba) / dot(ba, ba), 0.0, 1.0));
}
float triangle(vec2 p, vec2 a, vec2 b, vec2 c) {
  vec2 e0 = b - a, e1 = c - b, e2 = a - c;
  float s = sign(e0.x * e2.y - e0.y * e2.x);
  vec2 v0 = p - a, v1 = p - b, v2 = p - c;
  vec2 q0 = v0 - e0 * clamp(dot(v0, e0) / dot(e0, e0), 0.0, 1.0);
  vec2 q1 = v1 - e1 * clamp(dot(v1, e1) / dot(e1, e1), 0.0, 1.0);
  vec2 q2 = v2 - e2 * clamp(dot(v2, e2) / dot(e2, e2), 0.0, 1.0);
  vec2 d = min(min(vec2(dot(q0, q0), s * (v0.x * e0.y - v0.y * e0.x)),
                   vec2(dot(q1, q1), s * (v1.x * e1.y - v1.y * e1.x))),
                   vec2(dot(q2, q2), s * (v2.x * e2.y - v2.y * e2.x)));
  return -sqrt(d.x) * sign(d.y);
}
float box(vec2 p, vec2 half_) { vec2 d = abs(p) - half_; return length(max(d, 0.0)) + min(max(d.x, d.y), 0.0); }
// Fine outlines fade before they become specks.
float readable() { return 1.0 - smoothstep(0.17, 0.34, vPx); }
float hexagon(vec2 p, float r) {
  p = abs(p);
  return max(p.x * 0.8660254 + p.y * 0.5, p.y) - r;
}
void main() {
  vec2 p = vAt;
  float r = length(p);
  float angle = atan(p.x, -p.y); // 0 at the top, clockwise
  int shape = int(vForm.x + 0.5);
  float param = vForm.z;
  float time = uCamera.w;
  float a = 0.0;
  vec3 rgb = vColor.rgb;
  if (shape == 0) a = fill(r - 0.92);
  else if (shape == 1) { a = max(0.0, 1.0 - r); a *= a; }
  else if (shape == 2) a = line(r - 0.86, max(0.07, vPx * 0.6));
  else if (shape == 3) a = fill(abs(p.x) + abs(p.y) - 0.95);
  else if (shape == 4) a = fill(triangle(p, vec2(0.0, -0.95), vec2(-0.86, 0.6), vec2(0.86, 0.6)));
  else if (shape == 5) a = line(hexagon(p, 0.84), max(0.09, vPx * 0.7));
  else if (shape == 6) a = fill(min(box(p, vec2(0.9, 0.2)), box(p, vec2(0.2, 0.9))));
  else if (shape == 7) a = line(box(p, vec2(0.72)), max(0.1, vPx * 0.7)) * readable();
  else if (shape == 8) {
    float turn = angle / TAU; turn = turn < 0.0 ? turn + 1.0 : turn;
    a = line(r - 0.9, 0.055) * (turn <= param ? 1.0 : 0.16);
  }
  else if (shape == 9) {
    float s = param * 17.0;
    float edge = 0.72 + 0.13 * sin(angle * 2.0 + s) + 0.08 * sin(angle * 3.0 - s * 1.7) + 0.05 * sin(angle * 7.0 + s * 2.3);
    a = fill(r - edge);
    vec2 lit = normalize(vec2(-0.6, -0.8));
    float shade = 0.55 + 0.45 * dot(p / max(edge, 0.01), lit);
    float crater = smoothstep(0.16, 0.2, length(p - 0.3 * vec2(sin(s * 3.0), cos(s * 5.0))));
    rgb *= shade * mix(0.72, 1.0, crater);
  }
  else if (shape == 10) {
    float inside = fill(box(p, vec2(0.98, 0.11)));
    a = inside * (p.x <= param * 1.96 - 0.98 ? 1.0 : 0.2);
  }
  else if (shape == 11) {
    float wave = fract(time * 0.45 + param);
    a = line(r - wave * 0.94, 0.03 + vPx) * (1.0 - wave);
  }
  else if (shape == 12) {
    vec2 q = abs(p);
    a = fill(pow(q.x, 0.6) + pow(q.y, 0.6) - 0.95);
  }
  else if (shape == 13) {
    float dash = step(0.45, fract((angle / TAU) * 8.0 + time * 0.25));
    a = line(r - 0.88, max(0.06, vPx * 0.4)) * mix(0.15, 1.0, dash) * readable();
  }
  else if (shape == 14) a = line(r - 0.985, vPx * 0.45);
  else {
    float d = 1.0;
    float trim = 1.0;
    if (shape == 20) {
      d = triangle(p, vec2(0.0, -0.95), vec2(-0.5, 0.75), vec2(0.5, 0.75));
      d = max(d, -triangle(p, vec2(0.0, 0.3), vec2(-0.36, 0.95), vec2(0.36, 0.95)));
    } else if (shape == 21) {
      d = box(p - vec2(0.0, 0.12), vec2(0.34, 0.66)) - 0.06;
      d = min(d, triangle(p, vec2(0.0, -0.95), vec2(-0.32, -0.5), vec2(0.32, -0.5)));
      d = min(d, box(abs(p) - vec2(0.52, 0.28), vec2(0.1, 0.34)) - 0.03);
      trim = min(step(0.05, abs(p.y - 0.05)), step(0.05, abs(p.y - 0.42)));
    } else if (shape == 22) {
      d = triangle(p, vec2(0.0, -0.95), vec2(-0.85, 0.7), vec2(0.0, 0.35));
      d = min(d, triangle(p, vec2(0.0, -0.95), vec2(0.85, 0.7), vec2(0.0, 0.35)));
      trim = step(0.045, abs(p.x));
    } else if (shape == 23) {
      d = segment(p, vec2(0.0, -0.3), vec2(0.0, 0.3)) - 0.42;
      trim = step(0.07, abs(p.y));
    } else {
      d = box(p, vec2(0.42, 0.86)) - 0.05;
      d = min(d, box(p - vec2(0.0, 0.25), vec2(0.85, 0.28)) - 0.05);
      trim = step(0.06, abs(p.x));
    }
    a = fill(d);
    rgb *= mix(0.55, 1.0, smoothstep(0.0, 0.22, -d)) * mix(0.6, 1.0, trim);
    rgb = mix(rgb, vec3(1.0), line(d, vPx) * 0.5);
  }
  a *= vColor.a;
  if (a < 0.003) discard;
  finalColor = vec4(rgb * a, a * (1.0 - vForm.w));
}`;

export const LINE_VERTEX = `#version 300 es
precision highp float;
${CAMERA}
in vec2 aPosition;
in vec4 aEnds; // from, to
in vec4 aColor;
in vec4 aForm; // width in pixels, length of a dash in pixels (0: none), speed of the dashes, how much it adds
in vec2 aFade; // opacity at either end
out vec4 vColor;
out vec2 vAlong;
out vec3 vForm;
void main() {
  vec2 from = toPx(aEnds.xy), to = toPx(aEnds.zw);
  vec2 way = to - from;
  float span = max(length(way), 0.001);
  vec2 dir = way / span;
  float along = aPosition.x * 0.5 + 0.5;
  vec2 side = vec2(-dir.y, dir.x) * aPosition.y * (aForm.x * 0.5 + 0.75);
  vColor = vec4(aColor.rgb, aColor.a * mix(aFade.x, aFade.y, along));
  vAlong = vec2(along * span, aPosition.y * (aForm.x * 0.5 + 0.75));
  vForm = vec3(aForm.x * 0.5, aForm.y, aForm.z);
  gl_Position = toClip(from + way * along + side);
}`;

export const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 uCamera;
in vec4 vColor;
in vec2 vAlong;
in vec3 vForm;
out vec4 finalColor;
void main() {
  float a = vColor.a * (1.0 - smoothstep(vForm.x - 0.5, vForm.x + 0.5, abs(vAlong.y)));
  if (vForm.y > 0.0) a *= smoothstep(0.4, 0.5, abs(fract(vAlong.x / vForm.y - uCamera.w * vForm.z) - 0.5) * 2.0);
  if (a < 0.003) discard;
  finalColor = vec4(vColor.rgb * a, a);
}`;
