export default { base: '/some/prefix' };
