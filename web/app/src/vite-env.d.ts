declare module 'virtual:maplibre-gl-worker' {
  /** The address of the map's worker. */
  const url: string;
  export default url;
}
