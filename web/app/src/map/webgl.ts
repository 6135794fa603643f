/** Whether this browser can draw the map. Asked before the map is made: it throws where WebGL2 is missing. */
export function hasWebgl2(): boolean {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2');
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return gl !== null;
}
