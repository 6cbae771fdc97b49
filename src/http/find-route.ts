import { Refusal } from "../errors.ts";
import type { Route } from "./route.ts";

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Looks routes up by method and path; HEAD is a GET whose body nobody sends.
 * @throws Refusal not_found, method_not_allowed
 */
export function findRoute(routes: readonly Route[]): (method: string, path: string) => FoundRoute {
  const patterns = routes.map((route) => ({ route, segments: route.path.split("/") }));
  return (method, path) => {
    const wanted = method === "HEAD" ? "GET" : method;
    const segments = path.split("/");
    const here = patterns.flatMap(({ route, segments: pattern }) => {
      const params = match(pattern, segments);
      return params === null ? [] : [{ route, params }];
    });
    const found = here.find(({ route }) => route.method === wanted);
    if (found !== undefined) return found;
    if (here.length === 0) throw new Refusal("not_found");
    throw new Refusal("method_not_allowed", { allow: here.map(({ route }) => route.method) });
  };
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = decode(segments[index] ?? "");
    if (given === null) return null;
    if (part.startsWith(":")) params[part.slice(1)] = given;
    else if (part !== given) return null;
  }
  return params;
}

/** Null for a percent sign that stands for nothing. */
function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
