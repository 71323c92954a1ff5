import type { components, paths } from './schema.gen';

type Json<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never;

/** What GET of a path answers with. */
export type Got<Path extends keyof paths> = paths[Path] extends { get: { responses: { 200: infer Response } } } ? Json<Response> : never;

/** What POST to a path answers with. */
export type Posted<Path extends keyof paths> = paths[Path] extends { post: { responses: { 200: infer Response } } }
  ? Json<Response>
  : never;

/** A shape by its name in the OpenAPI document. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name];
